import type { Logger } from '@giggityflix/kernel';
import { derivePeerId, type Quotas, type RegistrationRequest } from '@giggityflix/proto';
import { status } from '@grpc/grpc-js';
import type { PeerStream } from '../grpc/peer-stream.ts';
import type { EdgeMetrics } from '../metrics.ts';
import type { Publisher } from '../publisher/publisher.ts';
import type { ConnectionDirectory } from './connection-directory.ts';
import type { Lifecycle } from './connection-events.ts';
import { type Connection, type Connections, newConnection, nextConnectionId } from './connections.ts';
import type { Enrolment } from './enrolment.ts';
import type { createHandshake } from './handshake.ts';
import type { Replacement } from './replacement.ts';
import type { StreamStates } from './stream-states.ts';

export interface RegistrationConfig {
  edgeId: string;
  heartbeatIntervalMs: number;
  peerTimeoutMs: number;
  maxMessageBytes: number;
}

export interface RegistrationDeps {
  decide: ReturnType<typeof createHandshake>;
  enrolment: Pick<Enrolment, 'refusalNow'>;
  connections: Connections;
  directory: ConnectionDirectory;
  lifecycle: Lifecycle;
  replacement: Replacement;
  publisher: Pick<Publisher, 'ready'>;
  quotas: {
    /** What peers learn that they may send. */
    readonly offered: Quotas;
    open(connection: Connection): void;
  };
  keySet: { current(): string | null };
  metrics: EdgeMetrics;
  logger: Logger;
}

/** Longest `user_agent` that is kept, in characters. */
const MAX_USER_AGENT_LENGTH = 200;

/** From the registration request to the response: verify, open the connection, publish that, respond. */
export function createRegistration(config: RegistrationConfig, deps: RegistrationDeps) {
  const { connections, lifecycle, metrics, logger } = deps;

  const respond = (connection: Connection, protocolVersion: number): void => {
    const jwks = deps.keySet.current();
    connection.lastReceivedAt = Date.now();
    connection.stream.send({
      $case: 'registration',
      value: {
        connectionId: connection.connectionId,
        edgeId: config.edgeId,
        protocolVersion,
        heartbeatIntervalSeconds: Math.max(1, Math.round(config.heartbeatIntervalMs / 1_000)),
        timeoutSeconds: Math.max(1, Math.round(config.peerTimeoutMs / 1_000)),
        maxMessageBytes: config.maxMessageBytes,
        keySet: jwks === null ? undefined : { jwks },
        quotas: deps.quotas.offered,
      },
    });
    connections.arrived(connection);
    logger.info(
      {
        peer_id: connection.peerId,
        connection_id: connection.connectionId,
        address: connection.stream.address,
        user_agent: connection.userAgent,
      },
      'peer connected',
    );
  };

  /** `onConnection` is called as soon as there is a connection to close. The stream may end at every step. */
  return async function register(given: {
    request: RegistrationRequest;
    nonce: Uint8Array;
    stream: PeerStream;
    states: StreamStates;
    onConnection(connection: Connection): void;
  }): Promise<void> {
    const { request, stream, states } = given;
    stream.hold(true);
    const verdict = await deps.decide(request, { nonce: given.nonce, address: stream.address });
    if (!verdict.ok) {
      states.apply('refused', verdict);
      return;
    }
    if (!deps.publisher.ready().ready) {
      states.apply('refused', {
        code: status.UNAVAILABLE,
        details: 'this edge cannot reach the bus; try again',
      });
      return;
    }
    const { peerId } = verdict;
    const [previous, newestId] = await Promise.all([
      deps.directory.find(peerId).catch(() => null),
      deps.directory.newestId(peerId).catch(() => null),
    ]);
    if (states.current !== 'verifying') return;
    const connection = newConnection({
      peerId,
      derivedId: derivePeerId(request.publicKey),
      edgeId: config.edgeId,
      // One from before the ids of closed connections were kept is known while it is open.
      connectionId: nextConnectionId(newestId ?? previous?.connectionId ?? null),
      stream,
      states,
      protocolVersion: request.protocolVersion,
      userAgent: request.userAgent.slice(0, MAX_USER_AGENT_LENGTH),
      // A random first one, so that peers which came at the same time are not all due at the same time.
      nextHeartbeatAt: Date.now() + config.heartbeatIntervalMs * Math.random(),
    });
    deps.replacement.here(peerId);
    deps.quotas.open(connection);
    given.onConnection(connection);
    states.apply('verified');
    connections.put(connection);
    metrics.connections.set({ state: 'registered' }, connections.size());
    // Read after the connection can be found: a revocation either finds it there, or is found here.
    const [refusal] = await Promise.all([deps.enrolment.refusalNow(request), lifecycle.opened(connection)]);
    if (refusal) {
      states.apply(refusal.code === status.PERMISSION_DENIED ? 'revoked' : 'refused', refusal);
      return;
    }
    if (!states.apply('opened')) return;
    deps.replacement.elsewhere(previous, connection);
    respond(connection, request.protocolVersion);
    stream.hold(false);
  };
}
