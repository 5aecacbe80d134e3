/** Bounds that no operator needs to turn; those that one may are variables in `environment.ts`. */

/** Messages of one peer between its stream and the bus. Enough to fill a batch, little to hold. */
export const MAX_IN_FLIGHT_MESSAGES = 128;
/** Bytes of one peer between its stream and the bus: a few of the largest messages. */
export const MAX_IN_FLIGHT_BYTES = 2 * 1_024 * 1_024;
/** Bytes of all peers between their streams and the bus; above it every stream waits. */
export const MAX_TOTAL_IN_FLIGHT_BYTES = 128 * 1_024 * 1_024;

/** Bytes written to a stream and not yet taken by the network; a peer that reads so slowly gets no commands. */
export const MAX_UNREAD_BYTES = 1_024 * 1_024;

/** Commands one peer may have unanswered. */
export const MAX_UNANSWERED_COMMANDS = 256;
/** Bytes of commands that all peers together may have unanswered. */
export const MAX_TOTAL_UNANSWERED_BYTES = 64 * 1_024 * 1_024;

/** Streams of one HTTP/2 connection. A peer needs one; a proxy may carry a hundred. */
export const MAX_STREAMS_PER_CONNECTION = 100;

/** A TCP connection without a stream is closed after this long. */
export const IDLE_CONNECTION_MS = 60_000;

/** A bus batch stays under Kafka's default `message.max.bytes` (1 MiB), with room for its framing. */
export const MAX_BATCH_BYTES = 900_000;
/** Messages of one bus batch. */
export const MAX_BATCH_MESSAGES = 500;
/**
 * Batches in flight at once. Peers are spread over them by id, so that order per peer holds while one
 * batch waits for the broker.
 */
export const PUBLISH_LANES = 4;
/** How many bytes a peer's message grows to as JSON, at worst: catalog ids double in hexadecimal, plus quotes. */
export const JSON_GROWTH = 2.2;

/** How often liveness is checked, and heartbeats that are due are sent, in milliseconds. */
export const SWEEP_INTERVAL_MS = 1_000;

/** Longest text of a status or refusal, in characters. */
export const MAX_DETAILS_LENGTH = 300;
