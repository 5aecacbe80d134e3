import { status } from '@grpc/grpc-js';
import { toTimestamp } from './commands.ts';
import type { Connection, Connections } from './connections.ts';
import type { CloseReason } from './lifecycle.ts';
import { SWEEP_INTERVAL_MS } from './limits.ts';

export interface LivenessConfig {
  heartbeatIntervalMs: number;
  peerTimeoutMs: number;
}

/**
 * Heartbeats to peers, and an end for those not heard from in time. Times of peers are drawn apart, so
 * that ten thousand heartbeats do not fall due at once. A stream that is held back is not silent: it is
 * the edge that does not listen.
 */
export function createLiveness(
  config: LivenessConfig,
  deps: {
    connections: Connections;
    close(connection: Connection, reason: CloseReason, farewell: [status, string]): void;
    /** Vouches for all connections on the bus. */
    heartbeat(): Promise<void>;
  },
) {
  let timer: NodeJS.Timeout | undefined;
  let nextVouchAt = 0;

  const sweep = () => {
    const now = Date.now();
    for (const connection of deps.connections.all()) {
      if (connection.held || !connection.registered) continue;
      if (now - connection.lastHeardAt > config.peerTimeoutMs) {
        const seconds = Math.round(config.peerTimeoutMs / 1_000);
        deps.close(connection, 'timeout', [
          status.DEADLINE_EXCEEDED,
          `nothing was heard of this peer for ${seconds} s`,
        ]);
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
    if (now < nextVouchAt) return;
    nextVouchAt = now + config.heartbeatIntervalMs;
    void deps.heartbeat().catch(() => {});
  };

  return {
    start(): void {
      nextVouchAt = Date.now() + config.heartbeatIntervalMs;
      const shortest = Math.min(config.heartbeatIntervalMs, config.peerTimeoutMs);
      timer = setInterval(sweep, Math.max(10, Math.min(SWEEP_INTERVAL_MS, shortest / 4)));
    },
    stop(): void {
      clearInterval(timer);
    },
  };
}
