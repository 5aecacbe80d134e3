import type { Logger } from '@giggityflix/kernel';
import { PROTOCOL_VERSIONS } from '@giggityflix/proto';
import { status } from '@grpc/grpc-js';
import type { AdmissionControl } from './admission.ts';
import type { ConnectionDirectory } from './connection-directory.ts';
import { type Connection, type Connections, newConnection, nextConnectionId } from './connections.ts';
import { type createHandshake, newNonce } from './handshake.ts';
import type { CloseReason, Lifecycle } from './lifecycle.ts';
import type { EdgeMetrics } from './metrics.ts';
import { createPeerStream, type PeerStream, type StreamEnd } from './peer-stream.ts';
import type { Publisher } from './publisher.ts';
import type { RelayDown } from './relay-down.ts';
import type { RelayUp } from './relay-up.ts';
import type { Replacement } from './replacement.ts';
import type { PeerMessage } from './translate.ts';
import type { ConnectHandler, Frame } from './wire.ts';

export interface SessionsConfig {
  edgeId: string;
  heartbeatIntervalMs: number;
  peerTimeoutMs: number;
  /** How long a peer may take from connecting until it is registered. */
  registrationTimeoutMs: number;
  maxMessageBytes: number;
}

export interface SessionsDeps {
  admission: AdmissionControl;
  decide: ReturnType<typeof createHandshake>;
  connections: Connections;
  directory: ConnectionDirectory;
  lifecycle: Lifecycle;
  relayUp: RelayUp;
  relayDown: RelayDown;
  replacement: Replacement;
  publisher: Publisher;
  keySet: { current(): string | null };
  metrics: EdgeMetrics;
  logger: Logger;
}

/** What a connection is said to have ended of when the edge ends it with a status. */
const REASON_OF: Readonly<Partial<Record<status, CloseReason>>> = {
  [status.INVALID_ARGUMENT]: 'protocol_violation',
  [status.FAILED_PRECONDITION]: 'protocol_violation',
  [status.DEADLINE_EXCEEDED]: 'timeout',
};

/** The life of each stream: challenged, registered, replaced or ended. */
export function createSessions(config: SessionsConfig, deps: SessionsDeps) {
  const { connections, lifecycle, metrics, logger } = deps;
  let draining = false;
  let registering = 0;

  /** Ends a registered connection; with a status when it is the edge that ends it. */
  const close = (connection: Connection, reason: CloseReason, farewell?: [status, string]): void => {
    if (connection.closed) return;
    connection.closed = true;
    connections.remove(connection);
    if (farewell) connection.stream.end(...farewell);
    deps.relayUp.forget(connection);
    deps.relayDown.peerGone(connection);
    lifecycle.closed(connection, reason);
    metrics.connections.set({ state: 'registered' }, connections.size());
    metrics.closed.inc({ reason });
    logger.info(
      { peer_id: connection.peerId, connection_id: connection.connectionId, reason },
      'peer disconnected',
    );
  };

  const register = async (peerId: string, stream: PeerStream, userAgent: string, over: () => boolean) => {
    const previous = await deps.directory.find(peerId).catch(() => null);
    if (over()) return null;
    const connectionId = nextConnectionId(previous?.connectionId ?? null);
    // A random first one, so that peers which came at the same time are not all due at the same time.
    const nextHeartbeatAt = Date.now() + config.heartbeatIntervalMs * Math.random();
    const speaker = { peerId, edgeId: config.edgeId, connectionId };
    const connection = newConnection(speaker, stream, userAgent, nextHeartbeatAt);
    deps.replacement.here(peerId);
    connections.put(connection);
    metrics.connections.set({ state: 'registered' }, connections.size());
    return { connection, previous };
  };

  const welcome = (connection: Connection, protocolVersion: number): void => {
    const jwks = deps.keySet.current();
    connection.registered = true;
    connection.lastHeardAt = Date.now();
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
      },
    });
    connections.arrived(connection);
    metrics.registrations.inc({ outcome: 'accepted' });
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

  const connect: ConnectHandler = (call) => {
    let connection: Connection | null = null;
    let settled = false;
    let awaiting = true;
    const nonce = newNonce();

    /** The stream stops counting as one that is registering. */
    const settle = (outcome: string) => {
      if (settled) return;
      settled = true;
      registering--;
      clearTimeout(deadline);
      metrics.connections.set({ state: 'registering' }, registering);
      if (outcome !== 'accepted') metrics.registrations.inc({ outcome });
    };
    const refuse = (code: status, details: string) => {
      if (connection) {
        close(connection, REASON_OF[code] ?? 'stream_error', [code, details]);
      } else {
        stream.end(code, details);
      }
      if (settled) return;
      settle(status[code]);
      logger.info({ address: stream.address, status: status[code], details }, 'registration refused');
    };

    const onRegistration = async (message: PeerMessage): Promise<void> => {
      awaiting = false;
      if (message.$case !== 'registration') {
        refuse(status.FAILED_PRECONDITION, 'a peer registers before it says anything else');
        return;
      }
      stream.hold(true);
      const verdict = await deps.decide(message.value, nonce);
      if (settled) return;
      if (!verdict.ok) {
        refuse(verdict.code, verdict.details);
        return;
      }
      const bus = deps.publisher.ready();
      if (!bus.ready) {
        refuse(status.UNAVAILABLE, 'this edge cannot reach the bus; try again');
        return;
      }
      const userAgent = message.value.userAgent.slice(0, 200);
      const registered = await register(verdict.peerId, stream, userAgent, () => settled);
      if (!registered) return;
      connection = registered.connection;
      await lifecycle.opened(connection);
      if (settled || connection.closed) return;
      deps.replacement.elsewhere(registered.previous, connection);
      settle('accepted');
      welcome(connection, message.value.protocolVersion);
      stream.hold(false);
    };

    const onFrame = (frame: Frame): void => {
      if (!frame.ok) {
        refuse(status.INVALID_ARGUMENT, `malformed message: ${frame.problem}`);
        return;
      }
      const { message, sequence } = frame.message;
      if (!message) {
        refuse(status.INVALID_ARGUMENT, 'a message of no known kind');
        return;
      }
      if (awaiting) {
        onRegistration(message).catch((error: unknown) => {
          logger.error({ err: error }, 'a registration failed');
          refuse(status.UNAVAILABLE, 'the registration could not be completed; try again');
        });
        return;
      }
      if (!connection?.registered) {
        refuse(status.FAILED_PRECONDITION, 'a peer waits for its registration to be accepted');
        return;
      }
      if (sequence > 0 && sequence <= connection.receivedSequence) {
        refuse(
          status.INVALID_ARGUMENT,
          `sequence ${sequence} does not follow ${connection.receivedSequence}`,
        );
        return;
      }
      deps.relayUp.receive(connection, message, sequence, frame.bytes);
    };

    const onEnd = (how: StreamEnd): void => {
      settle('CANCELLED');
      if (!connection) return;
      if (draining) close(connection, 'edge_draining');
      else close(connection, how === 'half-closed' ? 'closed_by_peer' : 'stream_error');
    };

    const stream = createPeerStream(call, { onFrame, onEnd });
    registering++;
    const deadline = setTimeout(
      () => refuse(status.DEADLINE_EXCEEDED, `not registered within ${config.registrationTimeoutMs} ms`),
      config.registrationTimeoutMs,
    );
    metrics.connections.set({ state: 'registering' }, registering);

    if (draining) {
      refuse(status.UNAVAILABLE, 'this edge is draining; connect to another');
      return;
    }
    const admission = deps.admission.admit(stream.address, connections.size() + registering - 1);
    if (!admission.admitted) {
      refuse(status.RESOURCE_EXHAUSTED, admission.reason);
      return;
    }
    stream.send({
      $case: 'challenge',
      value: { nonce, edgeId: config.edgeId, protocolVersions: [...PROTOCOL_VERSIONS] },
    });
  };

  return {
    connect,
    close,
    /** From now on nobody is let in, and every end is the drain's. */
    beginDrain(): void {
      draining = true;
    },
    registering: (): number => registering,
  };
}

export type Sessions = ReturnType<typeof createSessions>;
