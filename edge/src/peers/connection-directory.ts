/** Where a peer is connected. */
export interface ConnectionEntry {
  peerId: string;
  edgeId: string;
  /** UUIDv7. */
  connectionId: string;
}

/** How long the id of a peer's newest connection is kept, in seconds: a month. */
export const CONNECTION_ID_MEMORY_S = 30 * 24 * 3_600;

/**
 * The connections of all edges, so that an edge which was killed closes its own on the next start, and a command for a
 * peer that has moved finds the edge it moved to.
 *
 * Adapters: `connection-directory.embedded.ts` (a SQLite file) and `connection-directory.redis.ts`; both
 * pass `connection-directory.compliance.ts`. Every method rejects when the store cannot be reached.
 */
export interface ConnectionDirectory {
  add(entry: ConnectionEntry): Promise<void>;
  /** Deletes a connection; one that is not there is no error. */
  remove(entry: ConnectionEntry): Promise<void>;
  /** The newest connection of a peer, or null. */
  find(peerId: string): Promise<ConnectionEntry | null>;
  /**
   * The greatest id of a connection that the peer had within {@link CONNECTION_ID_MEMORY_S}, open or closed; null for none.
   * Of two connections of a peer the greater id is the newer one, whatever the clocks of their edges say.
   */
  newestId(peerId: string): Promise<string | null>;
  /** Every connection recorded for an edge. */
  ofEdge(edgeId: string): Promise<ConnectionEntry[]>;
}
