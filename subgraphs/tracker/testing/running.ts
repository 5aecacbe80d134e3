import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, createBus, resolveTopics, type Topics } from '@giggityflix/bus';
import { createLogger } from '@giggityflix/kernel';
import { createGraphQLClient, type GraphQLTestClient } from '@giggityflix/testing/processes';
import { readEnvironment } from '../src/environment.ts';
import { createTracker, type Tracker, type TrackerDependencies } from '../src/service.ts';
import { connection } from './fixtures.ts';

export interface RunningTracker {
  bus: Bus;
  topics: Topics;
  tracker: Tracker;
  url: string;
  client: GraphQLTestClient;
  directory: string;
  /** Publishes as an edge does. */
  edge: {
    established(peerId: string, n?: number): Promise<void>;
    shares(peerId: string, catalogIds: string[], n?: number): Promise<void>;
    closed(peerId: string, n?: number, reason?: 'stream_error' | 'replaced'): Promise<void>;
    heartbeat(peerId: string, activeStreams: number, n?: number): Promise<void>;
  };
  stop(): Promise<void>;
}

/** A tracker on embedded adapters and a free port. */
export async function runTracker(
  env: Record<string, string> = {},
  deps: Pick<TrackerDependencies, 'authenticator'> = {},
): Promise<RunningTracker> {
  const directory = await mkdtemp(join(tmpdir(), 'giggityflix-tracker-'));
  const environment = readEnvironment({
    HOST: '127.0.0.1',
    PORT: '0',
    STATE: 'embedded',
    STATE_PATH: join(directory, 'state.sqlite'),
    BUS: 'embedded',
    BUS_PATH: join(directory, 'bus.sqlite'),
    AUTH_MODE: 'demo',
    ...env,
  });
  const logger = createLogger({ service: 'tracker', level: 'silent' });
  const bus = await createBus({ config: environment.bus, clientId: 'test', logger });
  await bus.start();
  const tracker = createTracker(environment.tracker, { bus, logger, ...deps });
  await tracker.start();
  const { url } = tracker.address();
  const client = createGraphQLClient(url);
  const topics = resolveTopics(env);
  const of = (peerId: string, n: number) => ({
    peer_id: peerId,
    edge_id: 'edge-1',
    connection_id: connection(n),
    timestamp: new Date().toISOString(),
  });
  return {
    bus,
    topics,
    tracker,
    url,
    client,
    directory,
    edge: {
      established: (peerId, n = 1) =>
        bus.publish({
          topic: topics.peerConnectionEstablished,
          key: peerId,
          value: { ...of(peerId, n), event_type: 'connected', catalog_ids: [] },
        }),
      shares: (peerId, catalogIds, n = 1) =>
        bus.publish({
          topic: topics.peerCatalogUpdated,
          key: peerId,
          value: {
            ...of(peerId, n),
            catalog_ids: catalogIds,
            removed_catalog_ids: [],
            is_full_update: true,
            final: true,
          },
        }),
      closed: (peerId, n = 1, reason = 'stream_error') =>
        bus.publish({
          topic: topics.peerConnectionClosed,
          key: peerId,
          value: { ...of(peerId, n), event_type: 'disconnected', reason },
        }),
      heartbeat: (peerId, activeStreams, n = 1) =>
        bus.publish({
          topic: topics.peerConnectionHeartbeat,
          key: 'edge-1',
          value: {
            edge_id: 'edge-1',
            connections: [{ peer_id: peerId, connection_id: connection(n), active_streams: activeStreams }],
            timestamp: new Date().toISOString(),
          },
        }),
    },
    async stop() {
      await client.close();
      await tracker.stop();
      await bus.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
