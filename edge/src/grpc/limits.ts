/** Bounds of the gRPC listener that no operator needs to change; the others are variables in `environment.ts`. */

/** Bytes written to a stream and not yet taken by the network; a peer that reads so slowly gets no commands. */
export const MAX_UNREAD_BYTES = 1_024 * 1_024;

/** Streams of one HTTP/2 connection. A peer needs one; a proxy may have a hundred. */
export const MAX_STREAMS_PER_CONNECTION = 100;

/** A TCP connection without a stream is closed after this long. */
export const IDLE_CONNECTION_MS = 60_000;

/** Longest text of a status or refusal, in characters. */
export const MAX_DETAILS_LENGTH = 300;
