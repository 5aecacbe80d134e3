/** Most statements kept of one file; of more holders the others are not asked. */
export const MAX_STATEMENTS_PER_FILE = 50;
/** Most peers whose pictures of one file are kept. */
export const MAX_PICTURING_PEERS_PER_FILE = 4;
/** Most pictures one peer has of one file. */
export const MAX_PICTURES_PER_PEER_AND_FILE = 16;
/** How long the statements of a peer that left are kept. */
export const STATEMENT_MEMORY_MS = 30 * 24 * 3_600_000;
