import type { Bus, Topics } from '@giggityflix/bus';
import { createStatusServer } from '@giggityflix/http/status';
import { type Logger, notReady, type Readiness, type Service } from '@giggityflix/kernel';
import type { Registry } from '@giggityflix/telemetry';
import { createRelayUp } from './announcements/relay-up.ts';
import type { DeliveryJournal } from './commands/delivery-journal.ts';
import { createRelayDown } from './commands/relay-down.ts';
import type { EdgeConfig } from './environment.ts';
import { createGrpcServer } from './grpc/server.ts';
import { createHoldings } from './holdings/holdings.ts';
import { createAccess } from './membership/access.ts';
import type { Members } from './membership/members.ts';
import { createEdgeMetrics } from './metrics.ts';
import { createAdmission } from './peers/admission.ts';
import type { ConnectionDirectory } from './peers/connection-directory.ts';
import { createLifecycle } from './peers/connection-events.ts';
import { createConnections } from './peers/connections.ts';
import { drainConnections } from './peers/drain.ts';
import { createEnrolment, REVOKED } from './peers/enrolment.ts';
import { createHandshake } from './peers/handshake.ts';
import { createKeySet } from './peers/key-set.ts';
import { createLiveness } from './peers/liveness.ts';
import { createNetworkName } from './peers/network.ts';
import { createOwnership } from './peers/ownership.ts';
import type { PeerKeys } from './peers/peer-keys.ts';
import { createReannouncement } from './peers/reannouncement.ts';
import { createRegistration } from './peers/registration.ts';
import { createReplacement } from './peers/replacement.ts';
import { createStreams } from './peers/streams.ts';
import { createPublisher } from './publisher/publisher.ts';
import { createQuotas } from './quotas/quotas.ts';

export interface EdgeDeps {
  bus: Bus;
  topics: Topics;
  peerKeys: PeerKeys;
  members: Members;
  directory: ConnectionDirectory;
  journal: DeliveryJournal;
  metrics: Registry;
  logger: Logger;
}

export interface Edge extends Service {
  /** Ports in use, known after `start`. */
  ports(): { grpc: number; http: number };
}

/** How long what is queued for the bus may take when the edge stops, in milliseconds. */
const FLUSH_MS = 3_000;

/**
 * An edge: peers on one side, the bus on the other. The caller starts the bus before and stops it after,
 * and closes the stores.
 */
export function createEdge(config: EdgeConfig, deps: EdgeDeps): Edge {
  const { bus, topics, logger } = deps;
  const { edgeId } = config;
  const { maxMessageBytes } = config.grpc;
  const metrics = createEdgeMetrics(deps.metrics);
  const connections = createConnections();
  const publisher = createPublisher({ bus, logger, metrics });
  const networkName = createNetworkName(config.networkSecret);
  const common = { ...deps, networkName, edgeId, connections, publisher, metrics };
  const lifecycle = createLifecycle(common);
  const replacement = createReplacement(common);
  const reannouncement = createReannouncement(common);
  const keySet = createKeySet(config.keySet, {
    logger,
    metrics,
    onChange(jwks) {
      for (const { states, stream } of connections.all())
        if (states.current === 'registered') stream.send({ $case: 'keySet', value: { jwks } });
    },
  });
  const holdings = createHoldings(config.holdings, common);
  const relayDown = createRelayDown(
    { ...config, maxMessageBytes },
    {
      ...common,
      holdings,
      onReplaced: replacement.notified,
      onAnnounceAgain: reannouncement.requested,
    },
  );
  const relayUp = createRelayUp({
    topics,
    publisher,
    metrics,
    holdings,
    respond: relayDown.respond,
    sendKeySet({ stream }) {
      void keySet.refreshed().then((jwks) => {
        if (jwks !== null) stream.send({ $case: 'keySet', value: { jwks } });
      });
    },
  });
  const quotas = createQuotas(config.quotas, { relay: relayUp, metrics });
  const ownership = createOwnership(deps);
  const enrolment = createEnrolment(config, { ...common, ownership });
  const access = createAccess(config, {
    ...common,
    derivedIdOf: ownership.derivedIdOf,
    revoke(identity) {
      for (const { states } of connections.related(identity)) states.apply('revoked', REVOKED);
    },
  });
  const decide = createHandshake(config, { ownership, enrolment });
  const register = createRegistration(
    { ...config, maxMessageBytes },
    { ...common, quotas, decide, enrolment, lifecycle, replacement, keySet },
  );
  const streams = createStreams(config, {
    ...common,
    admission: createAdmission(config.admission),
    register,
    lifecycle,
    relay: {
      receive: quotas.receive,
      closed(connection) {
        quotas.closed(connection);
        relayUp.closed(connection);
        holdings.closed(connection);
        relayDown.closed(connection);
      },
    },
  });
  const liveness = createLiveness(config, { connections, heartbeat: lifecycle.heartbeat });
  const grpc = createGrpcServer(config.grpc, {
    connect: streams.connect,
    logger,
    metrics: deps.metrics,
  });

  let state: 'new' | 'running' | 'draining' | 'stopped' = 'new';
  let starting = 'starting';
  const ready = async (): Promise<Readiness> => {
    if (state !== 'running') return notReady(state === 'new' ? starting : 'draining');
    const publishing = publisher.ready();
    if (!publishing.ready) return publishing;
    // Both at once, as each may take most of the time that whoever asks has.
    const consuming = bus.ready();
    consuming.catch(() => {});
    return bus.check().then(
      () => consuming,
      (error: Error) => notReady(`the bus cannot be reached: ${error.message}`),
    );
  };
  const http =
    config.http && createStatusServer({ name: 'edge', ...config.http, logger, metrics: deps.metrics, ready });

  return {
    async start() {
      starting = 'the HTTP listener is starting';
      await http?.start();
      starting = 'the connections of an earlier run are being closed';
      await lifecycle.closeOrphans();
      starting = 'the consumer of commands is starting';
      await relayDown.start();
      starting = 'the consumer of memberships is starting';
      await access.start();
      keySet.start();
      liveness.start();
      starting = 'the gRPC listener is starting';
      await grpc.start();
      grpc.serving(true);
      state = 'running';
      logger.info({ edge_id: edgeId, port: grpc.port() }, 'edge takes peers');
    },
    async stop() {
      if (state === 'draining' || state === 'stopped') return;
      const wasRunning = state === 'running';
      state = 'draining';
      if (wasRunning) {
        streams.beginDrain();
        grpc.serving(false);
        await drainConnections(config, connections);
      }
      liveness.stop();
      keySet.stop();
      await relayDown.stop();
      await access.stop();
      await publisher.drain(FLUSH_MS);
      await grpc.stop();
      await http?.stop();
      state = 'stopped';
    },
    ready,
    ports: () => ({ grpc: grpc.port(), http: http?.address().port ?? 0 }),
  };
}
