import type { Logger } from '@giggityflix/kernel';
import { PROTOCOL_VERSIONS, type RegistrationRequest } from '@giggityflix/proto';
import { status } from '@grpc/grpc-js';
import { createPeerStream, type StreamEnd } from '../grpc/peer-stream.ts';
import type { ConnectHandler, Frame, PeerMessage } from '../grpc/wire.ts';
import type { EdgeMetrics } from '../metrics.ts';
import type { AdmissionControl } from './admission.ts';
import type { Lifecycle } from './connection-events.ts';
import type { Connection, Connections } from './connections.ts';
import { newNonce } from './handshake.ts';
import type { createRegistration } from './registration.ts';
import { createStreamStates, type StreamChange } from './stream-states.ts';

export interface StreamsConfig {
  edgeId: string;
  /** How long a peer may take from connecting until it is registered. */
  registrationTimeoutMs: number;
}

/** What receives messages of registered peers, and releases what it holds for a connection that closed. */
export interface PeerRelay {
  /** `bytes` is the size of the message on the wire. */
  receive(connection: Connection, message: PeerMessage, sequence: number, bytes: number): void;
  closed(connection: Connection): void;
}

export interface StreamsDeps {
  admission: AdmissionControl;
  register: ReturnType<typeof createRegistration>;
  connections: Connections;
  lifecycle: Lifecycle;
  relay: PeerRelay;
  metrics: EdgeMetrics;
  logger: Logger;
}

/** Takes peers' streams through the states of `transitions.ts`. */
export function createStreams(config: StreamsConfig, deps: StreamsDeps) {
  const { connections, metrics, logger } = deps;
  let draining = false;
  let registering = 0;

  const close = (connection: Connection, { code, details, trailers, reason }: StreamChange): void => {
    connections.remove(connection);
    if (code !== null) connection.stream.end(code, details, trailers);
    deps.relay.closed(connection);
    const why = reason ?? 'stream_error';
    deps.lifecycle.closed(connection, why);
    metrics.connections.set({ state: 'registered' }, connections.size());
    metrics.closed.inc({ reason: why });
    logger.info(
      { peer_id: connection.peerId, connection_id: connection.connectionId, reason: why },
      'peer disconnected',
    );
  };

  const connect: ConnectHandler = (call) => {
    const nonce = newNonce();
    let connection: Connection | null = null;
    let leave = () => {};

    /** The registration has come to its end, one way or the other. */
    const settle = ({ to, code, details }: StreamChange): void => {
      registering--;
      clearTimeout(deadline);
      metrics.connections.set({ state: 'registering' }, registering);
      const refusal = code === null ? 'CANCELLED' : status[code];
      metrics.registrations.inc({ outcome: to === 'registered' ? 'accepted' : refusal });
      if (code !== null)
        logger.info({ address: stream.address, status: refusal, details }, 'registration refused');
    };

    const states = createStreamStates((change) => {
      const { from, to, code, details, trailers } = change;
      if (to === 'closed') {
        leave();
        if (connection) close(connection, change);
        else if (code !== null) stream.end(code, details, trailers);
      }
      if (from !== 'registered' && (to === 'registered' || to === 'closed')) settle(change);
    });

    const register = (request: RegistrationRequest): void => {
      const onConnection = (opened: Connection) => {
        connection = opened;
      };
      deps.register({ request, nonce, stream, states, onConnection }).catch((error: unknown) => {
        logger.error({ err: error }, 'a registration failed');
        states.apply('refused', {
          code: status.UNAVAILABLE,
          details: 'the registration could not be completed; try again',
        });
      });
    };

    const onMessage = (message: PeerMessage, sequence: number, bytes: number): void => {
      const before = states.current;
      const last = connection?.receivedSequence ?? 0;
      if (before === 'registered' && sequence > 0 && sequence <= last) {
        states.apply('malformed', { details: `sequence ${sequence} does not follow ${last}` });
        return;
      }
      states.apply(message.$case === 'registration' ? 'registration' : 'message', {
        details:
          before === 'connected'
            ? 'a peer registers before it sends anything else'
            : 'a peer waits for its registration to be accepted',
      });
      if (states.current === 'registered' && connection)
        deps.relay.receive(connection, message, sequence, bytes);
      else if (states.current === 'verifying' && message.$case === 'registration') register(message.value);
    };

    const onFrame = (frame: Frame): void => {
      if (!frame.ok) states.apply('malformed', { details: `malformed message: ${frame.problem}` });
      else if (!frame.message.message) states.apply('malformed', { details: 'a message of no known kind' });
      else onMessage(frame.message.message, frame.message.sequence, frame.bytes);
    };

    const onEnd = (how: StreamEnd): void => {
      if (draining) states.apply('left');
      else states.apply(how === 'half-closed' ? 'closed_by_peer' : 'lost');
    };

    const stream = createPeerStream(call, { onFrame, onEnd });
    registering++;
    const deadline = setTimeout(
      () => states.apply('deadline', { details: `not registered within ${config.registrationTimeoutMs} ms` }),
      config.registrationTimeoutMs,
    );
    metrics.connections.set({ state: 'registering' }, registering);

    if (draining) {
      states.apply('refused', {
        code: status.UNAVAILABLE,
        details: 'this edge is draining; connect to another',
      });
      return;
    }
    const admission = deps.admission.admit(stream.address, connections.size() + registering - 1);
    if (!admission.admitted) {
      states.apply('refused', { code: status.RESOURCE_EXHAUSTED, details: admission.reason });
      return;
    }
    leave = admission.leave;
    stream.send({
      $case: 'challenge',
      // Oldest first: a simple peer takes the first, and must not promise what it does not know.
      value: { nonce, edgeId: config.edgeId, protocolVersions: PROTOCOL_VERSIONS.toReversed() },
    });
  };

  return {
    connect,
    /** From now on no peer is admitted, and every end is the drain's. */
    beginDrain(): void {
      draining = true;
    },
  };
}
