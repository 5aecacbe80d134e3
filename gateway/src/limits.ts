/** How the gateway bounds what one request, one socket and one identity may ask of it. */

/** Largest request body, and largest message on a WebSocket, in bytes: the longest of our clients' documents is 2 kB, offers and answers are 20 kB. */
export const MAX_BODY_BYTES = 256 * 1024;
/** Fields and fragments of a document, each counted as often as it is spread: our longest has 100. */
export const MAX_SELECTIONS = 5_000;
/** Levels of lists and objects inside variables. */
export const MAX_VARIABLES_DEPTH = 24;
/** Operations running at once on one socket: a screen has a handful of subscriptions. */
export const MAX_OPERATIONS_PER_SOCKET = 100;
/** Bytes waiting for one slow reader before it is cut off; about 2,000 availability events. */
export const MAX_BUFFERED_BYTES = 1024 * 1024;
/** Events of one upstream waiting for completion from other subgraphs before its subscribers are asked to subscribe again. */
export const MAX_WAITING_EVENTS = 1_000;
/** Events of one upstream completed at the same time; they are delivered in order all the same. */
export const MAX_COMPLETIONS = 8;
/** Most places of one answer that are reported as ones its client may not see. */
export const MAX_DENIALS = 1_000;
/** How long events are delivered before the event loop has another turn, in milliseconds. */
export const MAX_TURN_MS = 50;
/** How long a socket may take to send `connection_init`, in milliseconds. */
export const CONNECTION_INIT_TIMEOUT_MS = 5_000;
/** Time after which a socket that sent nothing is pinged, in milliseconds; it is cut when it sends nothing for as long again. */
export const SOCKET_PING_MS = 20_000;
/** Deferred fragments of an operation, each counted as often as it is spread. */
export const MAX_DEFERRED_FRAGMENTS = 32;
/** Variables that `@defer` depends on; each doubles the plan. */
export const MAX_DEFER_CONDITIONS = 3;
/** Parts a client is promised at a time: of more, the answer comes at once. */
export const MAX_PENDING_PARTS = 500;
/** How long the parts of one answer may take together, in milliseconds. */
export const MAX_PARTS_MS = 60_000;
/** How often a response in parts has one that says nothing, in milliseconds: proxies close what is quiet for a minute. */
export const HEARTBEAT_MS = 10_000;
/** Over this long, clients are asked to reconnect after a schema change, so that they do not reconnect all at once. */
export const SCHEMA_CHANGE_SPREAD_MS = 2_000;
