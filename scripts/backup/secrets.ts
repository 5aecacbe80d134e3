import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPrivateDirectory, createPrivateFile } from '../../platform/state/src/private-file.ts';
import { BackupError } from './failure.ts';
import { describePart, type Part } from './manifest.ts';

const FOLDER = 'secrets';

export async function copySecrets(paths: readonly string[], folder: string): Promise<Part[]> {
  const parts: Part[] = [];
  createPrivateDirectory(join(folder, FOLDER));
  for (const [index, of] of paths.entries()) {
    const path = `${FOLDER}/${index}`;
    copyFileSync(of, join(folder, path));
    parts.push(await describePart(folder, { kind: 'secret', path, of }));
  }
  return parts;
}

const isAsWritten = (target: string, from: string) => readFileSync(target).equals(readFileSync(from));

/** @throws BackupError where a file has other contents and `force` is not set. */
export function checkSecrets(parts: readonly Part[], from: string, { force }: { force: boolean }): void {
  if (force) return;
  for (const { path, of = '' } of parts)
    if (existsSync(of) && !isAsWritten(of, join(from, path)))
      throw new BackupError(
        `${of} is not as it was: add --force to replace it, or --without-secrets to keep it`,
      );
}

export function restoreSecrets(parts: readonly Part[], from: string): void {
  for (const { path, of = '' } of parts) {
    if (existsSync(of) && isAsWritten(of, join(from, path))) continue;
    createPrivateFile(of);
    // A copy would take the rights that the backup's file has by now.
    writeFileSync(of, readFileSync(join(from, path)));
  }
}
