import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { hashFile } from '../hashing/hash-file.ts';
import { EXIT } from './exit.ts';
import { oneLine } from './format.ts';
import { createProgress } from './progress.ts';

/** `id`: prints the catalog id of each file, as `sha256sum` prints its sums. */
export async function printId(paths: string[], flags: { json?: boolean }): Promise<void> {
  const algorithms = flags.json ? (await import('./config.ts')).loadConfig().hashing.algorithms : [];
  for (const path of paths) {
    const total = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    const progress = createProgress(oneLine(basename(path)));
    let done = 0;
    try {
      const result = hashFile({
        path,
        algorithms,
        onBytes: (count) => {
          done += count;
          progress.update(done, total);
          return true;
        },
      });
      progress.end();
      const catalogId = Buffer.from(result.root).toString('hex');
      if (flags.json)
        process.stdout.write(
          `${JSON.stringify({ path, catalogId, sizeBytes: result.sizeBytes, hashes: result.hashes })}\n`,
        );
      else process.stdout.write(paths.length === 1 ? `${catalogId}\n` : `${catalogId}  ${oneLine(path)}\n`);
    } catch (error) {
      progress.end();
      process.stderr.write(`giggityflix-peer: ${oneLine(path)}: ${(error as Error).message}\n`);
      process.exitCode = EXIT.failed;
    }
  }
}
