import { join, resolve } from 'node:path';
import { createHashPool } from '../hashing/pool.ts';
import type { LibraryFile } from '../library/types.ts';
import { loadConfig } from './config.ts';
import { CliError, EXIT } from './exit.ts';
import { filesOf } from './files.ts';
import { count, oneLine } from './format.ts';
import { createProgress } from './progress.ts';

const DRAW_MS = 100;

/** `verify`: reads shared files again; exit code 1 when one has other bytes than the index says. */
export async function verifyFiles(
  paths: string[],
  flags: { dataDir?: string; json?: boolean },
): Promise<void> {
  const wanted = new Set(paths.map((path) => resolve(path)));
  const files: LibraryFile[] = [];
  for await (const file of filesOf({ dataDir: flags.dataDir, state: 'shared' }))
    if (wanted.size === 0 || wanted.delete(join(file.dir, file.name))) files.push(file);
  if (wanted.size > 0) throw new CliError(`not shared: ${[...wanted].map(oneLine).join(', ')}`);

  const { hashing } = loadConfig({ dataDir: flags.dataDir });
  const pool = createHashPool({ ...hashing, algorithms: [] });
  const total = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const progress = createProgress(count(files.length, 'file'));
  const drawing = setInterval(() => progress.update(pool.bytesRead(), total), DRAW_MS);
  let failures = 0;
  const verify = async (file: LibraryFile) => {
    const path = join(file.dir, file.name);
    const reason = await pool.hash(path).then(
      ({ root }) =>
        Buffer.from(root).toString('hex') === file.catalogId
          ? null
          : 'its bytes are not those that were hashed',
      (error: Error) => error.message,
    );
    if (reason) failures += 1;
    if (flags.json) process.stdout.write(`${JSON.stringify({ path, ok: reason === null, reason })}\n`);
    else if (reason) process.stdout.write(`${oneLine(path)}: ${reason}\n`);
  };
  const queue = files.values();
  await Promise.all(
    Array.from({ length: pool.concurrency }, async () => {
      for (const file of queue) await verify(file);
    }),
  );
  clearInterval(drawing);
  progress.end();
  await pool.stop();
  if (!flags.json)
    process.stdout.write(`${files.length - failures} of ${files.length} files are as they were hashed\n`);
  if (failures > 0) process.exitCode = EXIT.failed;
}
