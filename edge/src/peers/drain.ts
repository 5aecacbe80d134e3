import type { Connections } from './connections.ts';

export interface DrainConfig {
  /** How long peers get to leave, in milliseconds. */
  drainMs: number;
}

/** The share of the drain time in which peers pick a random moment, so that the last ones still make it. */
const JITTER_SHARE = 0.7;
const POLL_MS = 20;

/** Asks peers to connect elsewhere and waits until they have, then closes the connections that are left. */
export async function drainConnections({ drainMs }: DrainConfig, connections: Connections): Promise<void> {
  const withinMilliseconds = Math.round(drainMs * JITTER_SHARE);
  for (const { stream } of connections.all()) stream.send({ $case: 'drain', value: { withinMilliseconds } });
  const deadline = Date.now() + drainMs;
  while (connections.size() > 0 && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  for (const { states } of [...connections.all()])
    states.apply('drained', { details: 'this edge is stopping' });
}
