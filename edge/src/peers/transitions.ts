import type { PeerConnectionClosed } from '@giggityflix/bus';
import type { status } from '@grpc/grpc-js';

export type CloseReason = PeerConnectionClosed['reason'];

/**
 * The states of a peer's stream. `connected` waits for the registration request, `verifying` checks it, `opening` has
 * a connection whose event is on its way to the bus, `registered` relays messages.
 */
export const STREAM_STATES = ['connected', 'verifying', 'opening', 'registered', 'closed'] as const;
export type StreamState = (typeof STREAM_STATES)[number];

/** What can happen to a stream, each with what it means. */
export const STREAM_EVENTS = {
  registration: 'the peer sends a registration request',
  message: 'the peer sends any other message',
  malformed: 'the peer sends what cannot be read, or a sequence out of order',
  verified: 'the registration request is accepted',
  opened: 'the bus has `peer.connection.established`',
  refused: 'the edge refuses the peer: admission, verification, the bus',
  deadline: '`REGISTRATION_TIMEOUT_SEC` is over',
  timed_out: '`PEER_TIMEOUT_SEC` without a message',
  revoked: 'the membership of the peer is revoked',
  replaced: 'the peer has a newer connection',
  drained: 'the edge stops, or has the peer connect again, and the peer has not left',
  left: 'the stream ends while the edge stops',
  closed_by_peer: 'the peer closes the stream',
  lost: 'the stream breaks',
} as const;
export type StreamEvent = keyof typeof STREAM_EVENTS;

export interface Transition {
  to: StreamState;
  /** The gRPC status the edge ends the stream with; none where the stream has ended already, or a refusal has its own. */
  status?: keyof typeof status;
  /** The reason in `peer.connection.closed`, where there is a connection to close. */
  reason?: CloseReason;
}

/** What ends a stream before it has a connection. */
const beforeOpening = {
  malformed: { to: 'closed', status: 'INVALID_ARGUMENT' },
  refused: { to: 'closed' },
  deadline: { to: 'closed', status: 'DEADLINE_EXCEEDED' },
  left: { to: 'closed' },
  closed_by_peer: { to: 'closed' },
  lost: { to: 'closed' },
} as const satisfies Row;

/** What ends a stream that has a connection. */
const withConnection = {
  malformed: { to: 'closed', status: 'INVALID_ARGUMENT', reason: 'protocol_violation' },
  refused: { to: 'closed', reason: 'stream_error' },
  revoked: { to: 'closed', status: 'PERMISSION_DENIED', reason: 'revoked' },
  replaced: { to: 'closed', status: 'ABORTED', reason: 'replaced' },
  drained: { to: 'closed', status: 'UNAVAILABLE', reason: 'edge_draining' },
  left: { to: 'closed', reason: 'edge_draining' },
  closed_by_peer: { to: 'closed', reason: 'closed_by_peer' },
  lost: { to: 'closed', reason: 'stream_error' },
} as const satisfies Row;

/**
 * The state machine of a peer's stream. An event that is absent from a state's row changes nothing there; the row of
 * `closed` is empty, so whatever comes after the end of a stream is ignored.
 */
export const TRANSITIONS: Readonly<Record<StreamState, Row>> = {
  connected: {
    ...beforeOpening,
    registration: { to: 'verifying' },
    message: { to: 'closed', status: 'FAILED_PRECONDITION' },
  },
  verifying: {
    ...beforeOpening,
    registration: { to: 'closed', status: 'FAILED_PRECONDITION' },
    message: { to: 'closed', status: 'FAILED_PRECONDITION' },
    verified: { to: 'opening' },
  },
  opening: {
    ...withConnection,
    registration: { to: 'closed', status: 'FAILED_PRECONDITION', reason: 'protocol_violation' },
    message: { to: 'closed', status: 'FAILED_PRECONDITION', reason: 'protocol_violation' },
    deadline: { to: 'closed', status: 'DEADLINE_EXCEEDED', reason: 'timeout' },
    opened: { to: 'registered' },
  },
  registered: {
    ...withConnection,
    // The upward relay refuses a second registration like any message it cannot use.
    registration: { to: 'registered' },
    message: { to: 'registered' },
    timed_out: { to: 'closed', status: 'DEADLINE_EXCEEDED', reason: 'timeout' },
  },
  closed: {},
};

type Row = Readonly<Partial<Record<StreamEvent, Transition>>>;
