import { createHash } from 'node:crypto';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** Longest path of a Unix domain socket: `sun_path` has 104 bytes on macOS, 108 on Linux, with a final zero. */
const MAX_SOCKET_PATH_BYTES = 103;

/** Where the daemon of a data directory listens for its owner's commands. */
export function controlAddress(dataDir: string): string {
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  if (process.platform === 'win32') return `\\\\.\\pipe\\giggityflix-${name}`;
  const path = join(dataDir, 'control.sock');
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return path;
  return join(tmpdir(), `giggityflix-${userInfo().uid}-${name}.sock`);
}
