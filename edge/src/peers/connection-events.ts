import { MAX_CONNECTIONS_PER_HEARTBEAT, type Topics } from '@giggityflix/bus';
import type { Logger } from '@giggityflix/kernel';
import type { Publisher } from '../publisher/publisher.ts';
import type { ConnectionDirectory, ConnectionEntry } from './connection-directory.ts';
import type { Connection, Connections } from './connections.ts';
import type { CloseReason } from './transitions.ts';

/** Rough size of a lifecycle event, for the publisher's count. */
const EVENT_BYTES = 320;

/** Publishes the events of connections: opened, closed, still open. */
export function createLifecycle(deps: {
  edgeId: string;
  topics: Topics;
  publisher: Publisher;
  directory: ConnectionDirectory;
  connections: Connections;
  /** The published name of the network an address is in. */
  networkName(address: string): string | undefined;
  logger: Logger;
}) {
  const { edgeId, topics, publisher, directory, logger } = deps;
  let heartbeatInFlight = false;

  const entryOf = ({ peerId, connectionId }: Connection): ConnectionEntry => ({
    peerId,
    edgeId,
    connectionId,
  });
  const closedRecord = (entry: ConnectionEntry, reason: CloseReason) => ({
    topic: topics.peerConnectionClosed,
    key: entry.peerId,
    value: {
      event_type: 'disconnected' as const,
      peer_id: entry.peerId,
      edge_id: entry.edgeId,
      connection_id: entry.connectionId,
      reason,
      timestamp: new Date().toISOString(),
    },
  });
  const remove = (entry: ConnectionEntry) =>
    directory.remove(entry).catch((error: unknown) => {
      logger.warn(
        { err: error, connection_id: entry.connectionId },
        'a closed connection stays in the directory',
      );
    });

  return {
    /** Resolves once the bus has the event. The directory is written first: a crash between finds it there. */
    async opened(connection: Connection): Promise<void> {
      await directory.add(entryOf(connection)).catch((error: unknown) => {
        logger.warn({ err: error, peer_id: connection.peerId }, 'a connection could not be recorded');
      });
      await publisher.published(
        connection.peerId,
        [
          {
            topic: topics.peerConnectionEstablished,
            key: connection.peerId,
            value: {
              event_type: 'connected',
              peer_id: connection.peerId,
              edge_id: edgeId,
              connection_id: connection.connectionId,
              catalog_ids: [],
              network: deps.networkName(connection.stream.address),
              timestamp: new Date().toISOString(),
            },
          },
        ],
        EVENT_BYTES,
      );
    },

    /** Queues the event behind all that the peer sent before; the entry in the directory goes once the bus has it. */
    closed(connection: Connection, reason: CloseReason): void {
      const entry = entryOf(connection);
      publisher.publish(entry.peerId, [closedRecord(entry, reason)], EVENT_BYTES, (outcome) => {
        if (outcome === 'durable') void remove(entry);
      });
    },

    /** Closes what an earlier process of this edge left open. Resolves once the bus has the events. */
    async closeOrphans(): Promise<void> {
      const orphans = await directory.ofEdge(edgeId);
      if (orphans.length === 0) return;
      logger.info({ connections: orphans.length }, 'closing connections of an earlier run');
      await Promise.all(
        orphans.map(async (entry) => {
          await publisher.published(entry.peerId, [closedRecord(entry, 'edge_lost')], EVENT_BYTES);
          await remove(entry);
        }),
      );
    },

    /** Publishes a heartbeat for all connections; skipped while the previous one is still on its way. */
    async heartbeat(): Promise<void> {
      if (heartbeatInFlight || deps.connections.size() === 0) return;
      heartbeatInFlight = true;
      try {
        const alive = Array.from(deps.connections.all(), (connection) => ({
          peer_id: connection.peerId,
          connection_id: connection.connectionId,
          active_streams: connection.activeStreams,
        }));
        for (let at = 0; at < alive.length; at += MAX_CONNECTIONS_PER_HEARTBEAT) {
          const connections = alive.slice(at, at + MAX_CONNECTIONS_PER_HEARTBEAT);
          const value = { edge_id: edgeId, connections, timestamp: new Date().toISOString() };
          const record = { topic: topics.peerConnectionHeartbeat, key: edgeId, value };
          await publisher.published(edgeId, [record], connections.length * 140);
        }
      } finally {
        heartbeatInFlight = false;
      }
    },
  };
}

export type Lifecycle = ReturnType<typeof createLifecycle>;
