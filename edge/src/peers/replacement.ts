import type { EdgeCommand, Topics } from '@giggityflix/bus';
import { v7 as uuidv7 } from 'uuid';
import type { Publisher } from '../publisher/publisher.ts';
import type { ConnectionEntry } from './connection-directory.ts';
import type { Connection, Connections } from './connections.ts';

/** A notice that an edge reads later than this is of no use: the older connection has timed out. */
const USEFUL_MS = 300_000;
const NOTICE_BYTES = 320;

/** Leaves a peer one connection over all edges: the newest. */
export function createReplacement(deps: { topics: Topics; publisher: Publisher; connections: Connections }) {
  const { topics, publisher, connections } = deps;
  const end = (connection: Connection) =>
    connection.states.apply('replaced', { details: 'replaced by a newer connection of this peer' });

  return {
    /** Ends this edge's earlier connection of a peer. */
    here(peerId: string): void {
      const replaced = connections.get(peerId);
      if (replaced) end(replaced);
    },

    /** Notifies the edge of an earlier connection that the peer is here now. */
    elsewhere(previous: ConnectionEntry | null, { peerId, edgeId, connectionId }: Connection): void {
      if (!previous || previous.edgeId === edgeId) return;
      const value: EdgeCommand = {
        type: 'connection_replaced',
        request_id: uuidv7(),
        peer_id: peerId,
        expires_at: new Date(Date.now() + USEFUL_MS).toISOString(),
        parameters: { connection_id: connectionId },
      };
      const topic = topics.edgeCommands(previous.edgeId);
      publisher.publish(peerId, [{ topic, key: peerId, value }], NOTICE_BYTES, () => {});
    },

    /** Acts on such a notice of another edge. */
    notified({ peer_id, parameters }: EdgeCommand): void {
      const connection = connections.get(peer_id);
      if (connection && connection.connectionId < String(parameters.connection_id)) end(connection);
    },
  };
}

export type Replacement = ReturnType<typeof createReplacement>;
