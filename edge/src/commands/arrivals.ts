import type { EdgeCommand } from '@giggityflix/bus';
import type { ConnectionDirectory } from '../peers/connection-directory.ts';
import type { Connection, Connections } from '../peers/connections.ts';

/**
 * Finds the connection a command is for. For a time after the edge has started peers are still on their way back, so
 * commands wait for them.
 */
export function createArrivals(
  config: {
    edgeId: string;
    /** How long after the start commands wait, in milliseconds. */
    reconnectGraceMs: number;
  },
  deps: { connections: Connections; directory: ConnectionDirectory },
) {
  const { connections, directory } = deps;
  let startedAt = 0;
  return {
    start(): void {
      startedAt = Date.now();
    },
    /** Lets no command wait any longer. */
    stop(): void {
      startedAt = 0;
      connections.releaseArrivals();
    },
    /** The peer's registered connection; while peers are coming back, also the one it is about to make. */
    async connectionFor({ peer_id, expires_at }: EdgeCommand): Promise<Connection | undefined> {
      const graceLeft = () =>
        Math.min(startedAt + config.reconnectGraceMs, Date.parse(expires_at)) - Date.now();
      const settled = () => connections.registered(peer_id) !== undefined || graceLeft() <= 0;
      if (settled()) return connections.registered(peer_id);
      const elsewhere = await directory.find(peer_id).catch(() => null);
      if (elsewhere && elsewhere.edgeId !== config.edgeId) return undefined;
      if (settled()) return connections.registered(peer_id);
      return connections.arrival(peer_id, graceLeft());
    },
  };
}
