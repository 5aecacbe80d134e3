import type { EdgeCommand } from '@giggityflix/bus';
import type { Connection, Connections } from './connections.ts';

/** The peers of an edge that are asked at a time connect again within this, in milliseconds. */
const SPREAD_MS = 5_000;
/** After which a peer that does not leave by itself is disconnected, in milliseconds. */
const PATIENCE_MS = 15_000;

/**
 * Has peers announce everything that they share once more, as the tracker does not know it: it lost its state, or never
 * received the announcement. A peer of any protocol version does so when it connects, so it is asked to connect again.
 */
export function createReannouncement(
  deps: { connections: Connections },
  { spreadMs = SPREAD_MS, patienceMs = PATIENCE_MS } = {},
) {
  const asked = new WeakSet<Connection>();
  return {
    /** Acts on an `announce_again` of the tracker; one that names an earlier connection comes late. */
    requested({ peer_id, parameters }: EdgeCommand): void {
      const connection = deps.connections.registered(peer_id);
      if (!connection || connection.connectionId !== parameters.connection_id) return;
      if (asked.has(connection)) return;
      asked.add(connection);
      connection.stream.send({ $case: 'drain', value: { withinMilliseconds: spreadMs } });
      const leave = () =>
        connection.states.apply('drained', { details: 'connect again to announce what you share' });
      setTimeout(leave, patienceMs).unref();
    },
  };
}
