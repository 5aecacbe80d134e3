import type { Bus, Topics } from '@giggityflix/bus';
import { createHttpServer } from '@giggityflix/http';
import {
  type Logger,
  notReady,
  READY,
  type Readiness,
  type RetryPolicy,
  type Service,
} from '@giggityflix/kernel';
import type { Registry } from '@giggityflix/telemetry';
import { status } from '@grpc/grpc-js';
import { type AdmissionConfig, createAdmission } from './admission.ts';
import type { ConnectionDirectory } from './connection-directory.ts';
import { createConnections } from './connections.ts';
import type { DeliveryJournal } from './delivery-journal.ts';
import { createGrpcServer, type GrpcConfig } from './grpc-server.ts';
import { createHandshake } from './handshake.ts';
import { createKeySet, type KeySetConfig } from './key-set.ts';
import { createLifecycle } from './lifecycle.ts';
import { createLiveness } from './liveness.ts';
import { createEdgeMetrics } from './metrics.ts';
import type { PeerKeys } from './peer-keys.ts';
import { createPublisher } from './publisher.ts';
import { createRelayDown } from './relay-down.ts';
import { createRelayUp } from './relay-up.ts';
import { createReplacement } from './replacement.ts';
import { createSessions } from './sessions.ts';

/** Times are in milliseconds. */
export interface EdgeConfig {
  edgeId: string;
  heartbeatIntervalMs: number;
  peerTimeoutMs: number;
  registrationTimeoutMs: number;
  /** How long peers get to leave when the edge stops. */
  drainMs: number;
  /** How long after the start commands wait for peers that are not back yet. */
  reconnectGraceMs: number;
  enrolmentTokens: readonly string[];
  grpc: GrpcConfig;
  /** How often certificates are looked at; a fixed default unless given. */
  certificateReloadMs?: number;
  /** Null for no HTTP listener. */
  http: { host: string; port: number } | null;
  admission: AdmissionConfig;
  groupId: string;
  retry: RetryPolicy;
  keySet: KeySetConfig;
}

export interface EdgeDeps {
  bus: Bus;
  topics: Topics;
  peerKeys: PeerKeys;
  directory: ConnectionDirectory;
  journal: DeliveryJournal;
  metrics: Registry;
  logger: Logger;
}

export interface Edge extends Service {
  /** Ports in use, known after `start`. */
  ports(): { grpc: number; http: number };
}

/** What is left of the drain time for peers to pick a moment in, so that the last ones still make it. */
const DRAIN_JITTER_SHARE = 0.7;
/** How long what is queued for the bus may take when the edge stops. */
const FLUSH_MS = 3_000;
const DRAIN_POLL_MS = 20;

/**
 * An edge: peers on one side, the bus on the other. The caller starts the bus before and stops it after,
 * and closes the stores.
 */
export function createEdge(config: EdgeConfig, deps: EdgeDeps): Edge {
  const { bus, topics, directory, logger } = deps;
  const metrics = createEdgeMetrics(deps.metrics);
  const connections = createConnections();
  const publisher = createPublisher({ bus, logger, metrics });
  const lifecycle = createLifecycle({ ...deps, edgeId: config.edgeId, publisher, connections });
  const keySet = createKeySet(config.keySet, {
    logger,
    metrics,
    onChange(jwks) {
      for (const { registered, stream } of connections.all())
        if (registered) stream.send({ $case: 'keySet', value: { jwks } });
    },
  });
  const replacement = createReplacement({
    topics,
    publisher,
    connections,
    close: (...args) => sessions.close(...args),
  });
  const relayDown = createRelayDown(
    { ...config, maxMessageBytes: config.grpc.maxMessageBytes },
    { ...deps, publisher, connections, told: replacement.told, metrics },
  );
  const relayUp = createRelayUp({
    topics,
    publisher,
    metrics,
    answer: relayDown.answer,
    sendKeySet({ stream }) {
      void keySet.refreshed().then((jwks) => {
        if (jwks !== null) stream.send({ $case: 'keySet', value: { jwks } });
      });
    },
  });
  const sessions = createSessions(
    { ...config, maxMessageBytes: config.grpc.maxMessageBytes },
    {
      admission: createAdmission(config.admission),
      decide: createHandshake(config, deps),
      connections,
      directory,
      lifecycle,
      relayUp,
      relayDown,
      replacement,
      publisher,
      keySet,
      metrics,
      logger,
    },
  );
  const liveness = createLiveness(config, {
    connections,
    close: sessions.close,
    heartbeat: lifecycle.heartbeat,
  });
  const grpc = createGrpcServer(config.grpc, {
    connect: sessions.connect,
    logger,
    reloadIntervalMs: config.certificateReloadMs,
  });

  let state: 'new' | 'running' | 'draining' | 'stopped' = 'new';
  let starting = 'starting';
  const ready = async (): Promise<Readiness> => {
    if (state !== 'running') return notReady(state === 'new' ? starting : 'draining');
    const publishing = publisher.ready();
    if (!publishing.ready) return publishing;
    return bus.check().then(
      () => READY,
      (error: Error) => notReady(`the bus cannot be reached: ${error.message}`),
    );
  };
  const http =
    config.http && createHttpServer({ name: 'edge', ...config.http, logger, metrics: deps.metrics, ready });

  /** Tells peers to go elsewhere and waits until they have, or their time is up. */
  const drain = async (): Promise<void> => {
    sessions.beginDrain();
    grpc.serving(false);
    const withinMilliseconds = Math.round(config.drainMs * DRAIN_JITTER_SHARE);
    for (const { stream } of connections.all())
      stream.send({ $case: 'drain', value: { withinMilliseconds } });
    const deadline = Date.now() + config.drainMs;
    while (connections.size() > 0 && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, DRAIN_POLL_MS));
    for (const connection of [...connections.all()])
      sessions.close(connection, 'edge_draining', [status.UNAVAILABLE, 'this edge is stopping']);
  };

  return {
    async start() {
      starting = 'the HTTP listener is starting';
      await http?.start();
      starting = 'the connections of an earlier run are being closed';
      await lifecycle.closeOrphans();
      starting = 'the consumer of commands is starting';
      await relayDown.start();
      keySet.start();
      liveness.start();
      starting = 'the gRPC listener is starting';
      await grpc.start();
      grpc.serving(true);
      state = 'running';
      logger.info({ edge_id: config.edgeId, port: grpc.port() }, 'edge takes peers');
    },
    async stop() {
      if (state === 'draining' || state === 'stopped') return;
      const wasRunning = state === 'running';
      state = 'draining';
      if (wasRunning) await drain();
      liveness.stop();
      keySet.stop();
      await relayDown.stop();
      await publisher.drain(FLUSH_MS);
      await grpc.stop();
      await http?.stop();
      state = 'stopped';
    },
    ready,
    ports: () => ({ grpc: grpc.port(), http: http?.address().port ?? 0 }),
  };
}
