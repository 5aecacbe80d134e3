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
/** How long events are delivered before the event loop has another turn, in milliseconds. */
export const MAX_TURN_MS = 50;
/** How long a socket may take to send `connection_init`, in milliseconds. */
export const CONNECTION_INIT_TIMEOUT_MS = 5_000;
/** Time after which a socket that sent nothing is pinged, in milliseconds; it is cut when it sends nothing for as long again. */
export const SOCKET_PING_MS = 20_000;
/** Over this long, clients are asked to reconnect after a schema change, so that they do not reconnect all at once. */
export const SCHEMA_CHANGE_SPREAD_MS = 2_000;
