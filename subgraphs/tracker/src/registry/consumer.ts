import {
  type Bus,
  DEFAULT_RETRY,
  type GroupConsumer,
  type IncomingRecord,
  on,
  type PeerCatalogUpdated,
  type PeerConnectionHeartbeat,
  type PeerHoldingChecked,
  type PeerLifecycleEvent,
  RejectMessage,
  type Route,
  type Topics,
} from '@giggityflix/bus';
import { notReady, READY, type RetryPolicy, type Service } from '@giggityflix/kernel';
import { requestAnnouncements } from './announcements.ts';
import { CatalogTooLarge, type PeerRegistry } from './registry.ts';

/**
 * What fails here is a state that is unavailable, which is not the fault of an event: it is retried until the state is
 * back, for half a day at the longest delay, and does not become a dead letter before that.
 */
const RETRY: RetryPolicy = { ...DEFAULT_RETRY, maxRetries: 10_000 };

export interface RegistryConsumer extends Service {
  /** Events published before this time are applied, as far as they are this process' share; milliseconds since 1970. */
  caughtUpAt(): number;
}

/** Peers whose events are applied at a time: those of a large catalog take their time, in turns with the others. */
const CONCURRENCY = 64;

/** Applies the edges' events about their peers to the registry. */
export function createRegistryConsumer(options: {
  bus: Bus;
  topics: Topics;
  groupId: string;
  registry: PeerRegistry;
  /** What other parts of the tracker read of the edges' events. */
  routes?: readonly Route[];
  onEvent?: (type: string) => void;
  /** Called with the number of connections whose peers are asked to announce again. */
  onAnnounceAgain?: (connections: number) => void;
}): RegistryConsumer {
  const { bus, topics, registry, onEvent = () => {} } = options;
  let consumer: GroupConsumer | null = null;

  const lifecycle = async ({ value }: IncomingRecord<PeerLifecycleEvent>) => {
    const connection = { peerId: value.peer_id, edgeId: value.edge_id, connectionId: value.connection_id };
    onEvent(value.event_type);
    if (value.event_type === 'connected')
      await registry.connectionEstablished({
        ...connection,
        connectedAt: Date.parse(value.timestamp),
        network: value.network,
        catalogIds: value.catalog_ids,
      });
    else await registry.connectionClosed({ ...connection, replaced: value.reason === 'replaced' });
  };

  const catalog = async (record: IncomingRecord<PeerCatalogUpdated>) => {
    const { value } = record;
    onEvent('catalog_updated');
    try {
      await registry.catalogUpdated({
        peerId: value.peer_id,
        edgeId: value.edge_id,
        connectionId: value.connection_id,
        catalogIds: value.catalog_ids,
        removedCatalogIds: value.removed_catalog_ids,
        isFull: value.is_full_update,
        updateId: value.update_id ?? `${record.partition}.${record.offset}`,
        final: value.final,
        position: {
          source: `${record.topic}/${record.partition}`,
          offset: record.offset,
          timestamp: record.timestamp,
        },
      });
    } catch (error) {
      if (error instanceof CatalogTooLarge) throw new RejectMessage(error.message);
      throw error;
    }
  };

  const heartbeat = async ({ value }: IncomingRecord<PeerConnectionHeartbeat>) => {
    onEvent('heartbeat');
    const unannounced = await registry.heartbeat(
      value.edge_id,
      value.connections.map((connection) => ({
        peerId: connection.peer_id,
        connectionId: connection.connection_id,
        activeStreams: connection.active_streams,
      })),
    );
    if (unannounced.length === 0) return;
    options.onAnnounceAgain?.(unannounced.length);
    await requestAnnouncements(value.edge_id, unannounced, options);
  };

  const checked = async ({ value }: IncomingRecord<PeerHoldingChecked>) => {
    onEvent('holding_checked');
    await registry.holdingChecked({
      peerId: value.peer_id,
      edgeId: value.edge_id,
      connectionId: value.connection_id,
      catalogId: value.catalog_id,
      outcome: value.outcome,
    });
  };

  return {
    async start() {
      consumer = await bus.consume({
        groupId: options.groupId,
        // A tracker that starts after the edges still receives the peers that they have.
        from: 'earliest',
        retry: RETRY,
        concurrency: CONCURRENCY,
        routes: [
          ...topics.peerLifecycle.map((topic) => on(topic, lifecycle)),
          on(topics.peerCatalogUpdated, catalog),
          on(topics.peerConnectionHeartbeat, heartbeat),
          on(topics.peerHoldingChecked, checked),
          ...(options.routes ?? []),
        ],
      });
    },
    async stop() {
      await consumer?.stop();
      consumer = null;
    },
    caughtUpAt: () => consumer?.caughtUpAt() ?? 0,
    ready: () => (consumer ? READY : notReady('not consuming events yet')),
  };
}
