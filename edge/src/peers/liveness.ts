import { toTimestamp } from '../grpc/wire.ts';
import type { Connections } from './connections.ts';

/** How often liveness is checked, and heartbeats that are due are sent, in milliseconds. */
const SWEEP_INTERVAL_MS = 1_000;

export interface LivenessConfig {
  heartbeatIntervalMs: number;
  peerTimeoutMs: number;
}

/**
 * Sends heartbeats to peers, and closes the connections of those that sent nothing in time. Each peer has a random
 * first time, so that ten thousand heartbeats are not due at once. A stream that is held back does not time out: it
 * is the edge that does not read.
 */
export function createLiveness(
  config: LivenessConfig,
  deps: {
    connections: Connections;
    /** Publishes the heartbeat of all connections. */
    heartbeat(): Promise<void>;
  },
) {
  let timer: NodeJS.Timeout | undefined;
  let nextPublishAt = 0;

  const sweep = () => {
    const now = Date.now();
    for (const connection of deps.connections.all()) {
      if (connection.held || connection.states.current !== 'registered') continue;
      if (now - connection.lastReceivedAt > config.peerTimeoutMs) {
        const seconds = Math.round(config.peerTimeoutMs / 1_000);
        connection.states.apply('timed_out', { details: `this peer sent nothing for ${seconds} s` });
        continue;
      }
      if (now < connection.nextHeartbeatAt) continue;
      connection.nextHeartbeatAt = now + config.heartbeatIntervalMs;
      if (connection.stream.writable())
        connection.stream.send({
          $case: 'heartbeat',
          value: { sentAt: toTimestamp(now), activeStreams: 0 },
        });
    }
    if (now < nextPublishAt) return;
    nextPublishAt = now + config.heartbeatIntervalMs;
    void deps.heartbeat().catch(() => {});
  };

  return {
    start(): void {
      nextPublishAt = Date.now() + config.heartbeatIntervalMs;
      const shortest = Math.min(config.heartbeatIntervalMs, config.peerTimeoutMs);
      timer = setInterval(sweep, Math.max(10, Math.min(SWEEP_INTERVAL_MS, shortest / 4)));
    },
    stop(): void {
      clearInterval(timer);
    },
  };
}
