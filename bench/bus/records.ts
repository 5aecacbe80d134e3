/** The records that the bus and what it stands on are measured with. */
export const RECORDS = 40_000;
/** Calls of `publish` under way at once, as in a service that serves many peers; records of a bare request. */
export const AT_ONCE = 500;
export const KEYS = 1_000;
export const PARTITIONS = 4;
/** Each rate is measured so often, in turn; the best counts, as what else the machine does only takes away. */
export const ROUNDS = 3;

const padding = 'x'.repeat(200);
export const record = (n: number) => ({ peer_id: `peer-${n % KEYS}`, n, sent: performance.now(), padding });
