import { createHash } from 'node:crypto';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** Longest path of a Unix domain socket: `sun_path` has 104 bytes on macOS, 108 on Linux, with a final zero. */
const MAX_SOCKET_PATH_BYTES = 103;

/** Tells the data directories of one user apart, in places they share with others. */
export function directoryId(dataDir: string): string {
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  return `giggityflix-${userInfo().uid}-${hash}`;
}

/**
 * Where the daemon of a data directory listens for its owner's commands: the first of these that it can. It is not the
 * one in the directory itself when that has too long a path, or cannot be written.
 */
export function controlAddresses(dataDir: string): string[] {
  const name = directoryId(dataDir);
  if (process.platform === 'win32') return [`\\\\.\\pipe\\${name}`];
  const path = join(dataDir, 'control.sock');
  const elsewhere = join(tmpdir(), `${name}.sock`);
  return Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES ? [path, elsewhere] : [elsewhere];
}
