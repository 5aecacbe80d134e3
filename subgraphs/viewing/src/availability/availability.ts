/**
 * Whether a film can be watched now. `unknown`: no such content. `no_peer`: known, but nobody has it now.
 * Rejects with UnavailableError when that cannot be found out.
 */
export interface Availability {
  check(catalogId: string): Promise<'available' | 'no_peer' | 'unknown'>;
  /** The best peer to play from, none of `excluded`; null when there is none. */
  choosePeer(catalogId: string, excluded: readonly string[]): Promise<ServingPeer | null>;
  /** Length of a film in seconds; null when nobody knows, or nobody can be asked. */
  durationOf(catalogId: string): Promise<number | null>;
  close(): Promise<void>;
}

/** A peer chosen to serve a session, as it was connected when it was chosen. */
export interface ServingPeer {
  peerId: string;
  edgeId: string;
  connectionId: string;
}
