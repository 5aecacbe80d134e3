import { connect } from 'node:net';

const TIMEOUT_MS = 2_000;
const LOOPBACK = '127.0.0.1';

/** Whether a process answers `GET` with 200. */
export async function answers(port: number, path: string): Promise<boolean> {
  const response = await fetch(`http://${LOOPBACK}:${port}${path}`, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await response.body?.cancel();
  return response.status === 200;
}

/** What a server says first to these bytes, over TCP. */
export function ask(port: number, request: Buffer | string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, LOOPBACK);
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('no answer')));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed without an answer')));
    socket.once('connect', () => socket.write(request));
    socket.once('data', (answer) => {
      resolve(Buffer.from(answer));
      socket.destroy();
    });
  });
}
