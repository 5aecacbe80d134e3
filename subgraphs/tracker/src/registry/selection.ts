import type { PeerRegistry, PlaybackCandidate } from './registry.ts';

/** Peers compared for one playback; comparing a few at random spreads load nearly as well as comparing all. */
export const CANDIDATE_SAMPLE = 32;

/**
 * Chooses the peer to play a file from: connected, not excluded, not stale, and the least loaded of a random sample;
 * among equally loaded ones at random. Null when there is none.
 */
export async function selectPlaybackPeer(
  registry: PeerRegistry,
  request: { catalogId: string; excludePeerIds: readonly string[] },
  random: () => number = Math.random,
): Promise<PlaybackCandidate | null> {
  const excluded = new Set(request.excludePeerIds);
  const sample = await registry.candidates(request.catalogId, CANDIDATE_SAMPLE + excluded.size);
  const usable = sample.filter(({ peerId }) => !excluded.has(peerId));
  const least = Math.min(...usable.map(({ load }) => load));
  const best = usable.filter(({ load }) => load === least);
  const chosen = best[Math.floor(random() * best.length)] ?? null;
  if (chosen) await registry.notePlayback(chosen.peerId);
  return chosen;
}
