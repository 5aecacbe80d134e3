import { connectEcho, connectPeer } from './peers.ts';
import { message } from './rates.ts';
import { startServer } from './server-process.ts';

/** Enough that what a process allocates in steps does not show. */
const IDLE_STREAMS = 4_000;

/** What a stream takes that says nothing. */
export async function kilobytesPerStream(kind: 'edge' | 'echo'): Promise<{ resident: number; heap: number }> {
  const server = await startServer(kind);
  const open = async (): Promise<{ close(): void }> => {
    if (kind === 'edge') return connectPeer(server.port);
    const echo = connectEcho(server.port, () => {});
    await new Promise((resolve) => {
      echo.call.once('data', resolve);
      echo.call.write({ sequence: 0, message });
    });
    return echo;
  };
  const warm = await Promise.all(Array.from({ length: 100 }, open));
  const before = await server.usage();
  const held = [];
  for (let count = 0; count < IDLE_STREAMS; count += 100)
    held.push(...(await Promise.all(Array.from({ length: 100 }, open))));
  // The first question collects garbage, the second finds what that returned to the system.
  await server.usage();
  const after = await server.usage();
  for (const stream of [...warm, ...held]) stream.close();
  await server.stop();
  return {
    resident: (after.rssBytes - before.rssBytes) / IDLE_STREAMS / 1_024,
    heap: (after.heapBytes - before.heapBytes) / IDLE_STREAMS / 1_024,
  };
}
