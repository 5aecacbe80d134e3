import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { directoryId } from '../data-dir/directory-id.ts';

/** Longest path of a Unix domain socket: `sun_path` has 104 bytes on macOS, 108 on Linux, with a final zero. */
const MAX_SOCKET_PATH_BYTES = 103;

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
