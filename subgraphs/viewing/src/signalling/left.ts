import type { LeftPeer } from './negotiations.ts';

/** How long a peer stays left that was slow or stalled, in milliseconds: it may have been the viewer's own network. */
export const LEFT_MEMORY_MS = 300_000;

/** A peer that was left, as it is stored. */
export interface StoredLeftPeer extends LeftPeer {
  at: number;
}

/** Those that the session does not come back to yet; never to one that sent what is not of the file. */
export function stillLeft(stored: readonly StoredLeftPeer[], now: number, memoryMs: number): LeftPeer[] {
  return stored
    .filter(({ problem, at }) => problem === 'not_proven' || now - at < memoryMs)
    .map(({ peerId, problem }) => ({ peerId, problem }));
}
