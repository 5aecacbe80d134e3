import { hashFile } from '../hashing/hash-file.ts';
import { loadConfig } from './config.ts';
import { EXIT } from './exit.ts';

/** `id`: prints the catalog id of each file, as `sha256sum` prints its sums. */
export async function printId(paths: string[], flags: { json?: boolean }): Promise<void> {
  const algorithms = flags.json ? loadConfig().hashing.algorithms : [];
  for (const path of paths) {
    try {
      const result = hashFile({ path, algorithms });
      const catalogId = Buffer.from(result.root).toString('hex');
      if (flags.json)
        process.stdout.write(
          `${JSON.stringify({ path, catalogId, sizeBytes: result.sizeBytes, hashes: result.hashes })}\n`,
        );
      else process.stdout.write(paths.length === 1 ? `${catalogId}\n` : `${catalogId}  ${path}\n`);
    } catch (error) {
      process.stderr.write(`giggityflix-peer: ${path}: ${(error as Error).message}\n`);
      process.exitCode = EXIT.failed;
    }
  }
}
