/** Messages of one peer between its stream and the bus. Enough to fill a batch, little to hold. */
export const MAX_IN_FLIGHT_MESSAGES = 128;
/** Bytes of one peer between its stream and the bus: a few of the largest messages. */
export const MAX_IN_FLIGHT_BYTES = 2 * 1_024 * 1_024;
/** Bytes of all peers between their streams and the bus; above it every stream waits. */
export const MAX_TOTAL_IN_FLIGHT_BYTES = 128 * 1_024 * 1_024;

/** How many bytes a peer's message grows to as JSON, at worst: catalog ids double in hexadecimal, plus quotes. */
export const JSON_GROWTH = 2.2;
