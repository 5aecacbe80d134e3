/**
 * Whether a media file can be played now. `unknown`: there is no such file. `no_peer`: it is known, but no peer has it now.
 * Rejects with UnavailableError when the answer cannot be obtained.
 */
export interface Availability {
  check(catalogId: string): Promise<'available' | 'no_peer' | 'unknown'>;
  /** The best peer to play from, none of `excluded`; null when there is none. */
  choosePeer(catalogId: string, excluded: readonly string[]): Promise<ServingPeer | null>;
  /** Length of a media file in seconds; null when it is not known, or the catalog is unavailable. */
  durationOf(catalogId: string): Promise<number | null>;
  close(): Promise<void>;
}

/** A peer chosen to serve a session, as it was connected when it was chosen. */
export interface ServingPeer {
  peerId: string;
  edgeId: string;
  connectionId: string;
}
