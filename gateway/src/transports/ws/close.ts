import { CloseCode } from 'graphql-ws';
import type { WebSocket } from 'ws';

/** Codes a socket is closed with: those of graphql-ws's PROTOCOL.md, and ours beyond them. */
export const CLOSE = {
  badRequest: CloseCode.BadRequest,
  unauthorized: CloseCode.Unauthorized,
  forbidden: CloseCode.Forbidden,
  subprotocol: CloseCode.SubprotocolNotAcceptable,
  initTimeout: CloseCode.ConnectionInitialisationTimeout,
  duplicateId: CloseCode.SubscriberAlreadyExists,
  tooManyInits: CloseCode.TooManyInitialisationRequests,
  internal: CloseCode.InternalServerError,
  /** The schema changed: reconnect and subscribe again (clients of graphql-ws do by themselves). */
  schemaChanged: 4205,
  /** RFC 6455 and its registry. */
  goingAway: 1001,
  tryAgainLater: 1013,
} as const;

/** Grace between closing a socket and cutting it, in milliseconds. */
const CLOSE_GRACE_MS = 1_000;
/** Reasons are at most 123 bytes in UTF-8 (RFC 6455, 5.5). */
const MAX_REASON_BYTES = 123;

/** Closes a socket, and cuts it when the client does not answer that. */
export function closeSocket(socket: WebSocket, code: number, reason: string): void {
  const fitting = Buffer.from(reason)
    .subarray(0, MAX_REASON_BYTES)
    .toString()
    .replace(/\uFFFD+$/, '');
  socket.close(code, fitting);
  setTimeout(() => socket.terminate(), CLOSE_GRACE_MS).unref();
}
