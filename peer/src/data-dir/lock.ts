import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lockFile } from '@giggityflix/state';

/** A daemon is using this data directory already. */
export class AlreadyRunningError extends Error {
  override readonly name = 'AlreadyRunningError';
}

/**
 * Takes the data directory for this process, until the function returned is called or the process ends.
 *
 * @throws AlreadyRunningError when another process has it.
 */
export function lockDataDir(dataDir: string): () => void {
  const release = lockFile(join(dataDir, 'daemon.lock'));
  if (release) return release;
  throw new AlreadyRunningError(
    `a daemon already runs on ${dataDir}: use "giggityflix-peer status", or give another DATA_DIR`,
  );
}

/** Whether a daemon has the data directory now; false for one that cannot be locked. */
export function isLocked(dataDir: string): boolean {
  if (!existsSync(dataDir)) return false;
  try {
    const release = lockFile(join(dataDir, 'daemon.lock'));
    release?.();
    return release === null;
  } catch {
    // A daemon that is started there says why.
    return false;
  }
}
