import { type PeerRegistry, type PlaybackCandidate, TRUST_ORDER } from './registry.ts';

/** Peers compared for one playback; comparing a few at random spreads load nearly as well as comparing all. */
export const CANDIDATE_SAMPLE = 32;

/**
 * Chooses the peer to play a file from: connected, not excluded, not stale, of those with the best trust the least
 * loaded of a random sample. Among equally loaded ones at random, where all peers of one network count as much as a single
 * peer elsewhere, and a new identity little. Null when there is none.
 */
export async function selectPlaybackPeer(
  registry: PeerRegistry,
  request: { catalogId: string; excludePeerIds: readonly string[] },
  random: () => number = Math.random,
  now: () => number = Date.now,
): Promise<PlaybackCandidate | null> {
  const excluded = new Set(request.excludePeerIds);
  const sample = await registry.candidates(request.catalogId, CANDIDATE_SAMPLE + excluded.size);
  const usable = sample.filter(({ peerId }) => !excluded.has(peerId));
  const rank = Math.min(...usable.map(({ trust }) => TRUST_ORDER.indexOf(trust)));
  const trusted = usable.filter(({ trust }) => TRUST_ORDER.indexOf(trust) === rank);
  const least = Math.min(...trusted.map(({ load }) => load));
  const chosen = weighted(
    trusted.filter(({ load }) => load === least),
    random,
    now(),
  );
  if (chosen) await registry.notePlayback(chosen.peerId);
  return chosen;
}

/** Identities cost nothing: one that was first seen a short time ago counts a fraction of one that has stayed. */
const NEW_IDENTITY_MS = 3_600_000;
const NEW_IDENTITY_WEIGHT = 0.1;

function weighted(
  peers: readonly PlaybackCandidate[],
  random: () => number,
  now: number,
): PlaybackCandidate | null {
  // Peers whose network nobody names are each by themselves.
  const networks = Map.groupBy(peers, ({ peerId, network }) => network ?? `peer ${peerId}`);
  const weights = peers.map(({ peerId, network, firstSeenAt }) => {
    const neighbours = networks.get(network ?? `peer ${peerId}`)?.length ?? 1;
    return (now - firstSeenAt < NEW_IDENTITY_MS ? NEW_IDENTITY_WEIGHT : 1) / neighbours;
  });
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, peer] of peers.entries()) {
    left -= weights[index] as number;
    if (left < 0) return peer;
  }
  return peers.at(-1) ?? null;
}
