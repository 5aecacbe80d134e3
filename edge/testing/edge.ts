import { type Bus, resolveTopics } from '@giggityflix/bus';
import { createLogger } from '@giggityflix/kernel';
import { createMetrics } from '@giggityflix/telemetry';
import type { EdgeConfig } from '../src/environment.ts';
import { createEdge } from '../src/service.ts';
import { openState } from '../src/state/open.ts';
import type { EdgeState } from '../src/state/state.ts';
import { createRecordedBus, type RecordedBus } from './bus.ts';

export const topics = resolveTopics({});

/** A configuration for tests: no HTTP, free ports, short waits. */
export const testConfig: EdgeConfig = {
  edgeId: 'edge-1',
  heartbeatIntervalMs: 30_000,
  peerTimeoutMs: 120_000,
  registrationTimeoutMs: 5_000,
  drainMs: 300,
  reconnectGraceMs: 0,
  enrolment: 'open',
  enrolmentTokens: [],
  grpc: {
    address: '127.0.0.1:0',
    tls: null,
    keepaliveTimeMs: 20_000,
    keepaliveTimeoutMs: 10_000,
    maxMessageBytes: 524_288,
  },
  http: null,
  admission: { maxPeers: 1_000, maxPeersPerNetwork: 0, attemptsPerSecond: 0, burst: 1_000 },
  quotas: {
    maxFiles: 20_000,
    peer: { messages: { perSecond: 0, burst: 1 }, files: { perSecond: 0, burst: 1 } },
    network: { messages: { perSecond: 0, burst: 1 }, files: { perSecond: 0, burst: 1 } },
  },
  groupId: 'edge-service',
  retry: { maxRetries: 3, initialDelayMs: 10, maxDelayMs: 100, jitterFactor: 0.1 },
  holdings: { timeoutMs: 1_500, recheckMs: 600_000, challengesPerSecond: 100 },
  networkSecret: null,
  keySet: { url: 'http://127.0.0.1:1/jwks.json', refreshMs: 60_000 },
};

export interface RunningEdge<B extends Bus = RecordedBus> {
  port: number;
  bus: B;
  state: EdgeState;
  edge: ReturnType<typeof createEdge>;
  metrics: ReturnType<typeof createMetrics>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts an edge on a bus in memory, or on the one given, with its state in memory or as given. */
export async function startEdge<B extends Bus = RecordedBus>(
  changes: Partial<EdgeConfig> = {},
  given: { bus?: B; state?: EdgeState } = {},
): Promise<RunningEdge<B>> {
  const bus = given.bus ?? (createRecordedBus() as Bus as B);
  const state = given.state ?? (await openState({ kind: 'embedded', path: ':memory:' }));
  const metrics = createMetrics('edge', { processMetrics: false });
  const logger = createLogger({ service: 'edge', level: 'silent' });
  const edge = createEdge({ ...testConfig, ...changes }, { ...state, bus, topics, metrics, logger });
  await edge.start();
  return {
    port: edge.ports().grpc,
    bus,
    state,
    edge,
    metrics,
    async [Symbol.asyncDispose]() {
      await edge.stop();
      if (!given.state) await state.close();
    },
  };
}
