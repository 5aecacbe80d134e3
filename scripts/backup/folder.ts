import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createPrivateDirectory } from '../../platform/state/src/private-file.ts';
import { BackupError } from './failure.ts';
import { MANIFEST, type Mode, type Part, toManifest } from './manifest.ts';

export const OWNER_FILE = 0o600;

/**
 * Writes a backup into a folder of its owner alone, which has its name only once all of it is there.
 *
 * @throws BackupError where something is in the way; with `force` an older backup is replaced, and nothing else.
 */
export async function writeBackup(options: {
  to: string;
  force: boolean;
  mode: Mode;
  write(folder: string): Promise<Part[]>;
}): Promise<Part[]> {
  const to = resolve(options.to);
  const isEmpty = !existsSync(to) || readdirSync(to).length === 0;
  if (!isEmpty && !options.force)
    throw new BackupError(`${to} is not empty: name another folder, or add --force to replace a backup`);
  if (!isEmpty && !existsSync(join(to, MANIFEST)))
    throw new BackupError(`${to} holds no backup, and is left as it is: name another folder`);
  const partial = `${to}.${randomUUID()}.partial`;
  // One that is there, such as /tmp, keeps its rights: it is not ours.
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  createPrivateDirectory(partial);
  try {
    const parts = await options.write(partial);
    for (const { path } of parts) chmodSync(join(partial, path), OWNER_FILE);
    writeFileSync(join(partial, MANIFEST), toManifest(options.mode, parts), {
      mode: OWNER_FILE,
      flush: true,
    });
    rmSync(to, { recursive: true, force: true });
    renameSync(partial, to);
    return parts;
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  }
}
