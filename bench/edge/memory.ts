import { connectEcho, connectPeer } from './peers.ts';
import { message } from './rates.ts';
import { startServer } from './server-process.ts';

/** Opened before the measurement, as a process allocates its first memory in large steps. */
const WARM_STREAMS = 1_000;
/** Enough that later steps hardly show. */
const IDLE_STREAMS = 6_000;
const AT_A_TIME = 100;

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
  const held: { close(): void }[] = [];
  const settledWith = async (more: number) => {
    for (const all = held.length + more; held.length < all; )
      held.push(...(await Promise.all(Array.from({ length: AT_A_TIME }, open))));
    // The first question collects garbage, the second finds what that returned to the system.
    await server.usage();
    return server.usage();
  };
  const before = await settledWith(WARM_STREAMS);
  const after = await settledWith(IDLE_STREAMS);
  for (const stream of held) stream.close();
  await server.stop();
  return {
    resident: (after.rssBytes - before.rssBytes) / IDLE_STREAMS / 1_024,
    heap: (after.heapBytes - before.heapBytes) / IDLE_STREAMS / 1_024,
  };
}
