import type { Availability, ServingPeer } from '../availability/availability.ts';
import type { Negotiation } from './negotiations.ts';

/**
 * Demoted peers that one choice passes over, those reported last: with the peers of a session they stay below what the tracker takes
 * in one request. More are chosen as if they were not demoted.
 */
const MAX_PASSED_OVER = 400;

/** Chooses a peer for one source of a session. */
export interface Choice {
  catalogId: string;
  source: number;
  before: Negotiation | null;
  /** Peers that turned out to serve another source meanwhile. */
  taken: readonly string[];
}

/**
 * The peer for the next offer to a source: none that serves another source, or that the player left with a problem. A new offer
 * means that the last attempt failed: another peer first, then the same one, then those that were lost and may be back.
 * Demoted peers come after all these. Null when there is none.
 */
export async function choosePeer(
  { catalogId, source, before, taken }: Choice,
  { availability, demotedIds }: { availability: Pick<Availability, 'choosePeer'>; demotedIds: DemotedIds },
): Promise<ServingPeer | null> {
  const { serving = [], lostPeerIds = [], left = [] } = before ?? {};
  const others = serving.filter((one) => one.source !== source).map(({ peer }) => peer.peerId);
  const current = serving.filter((one) => one.source === source).map(({ peer }) => peer.peerId);
  const never = [...others, ...taken, ...idsOf(left.filter(({ problem }) => problem === 'not_proven'))];
  const unwanted = [...never, ...idsOf(left)];
  const steps = [[...unwanted, ...lostPeerIds, ...current], [...unwanted, ...lostPeerIds], unwanted];

  const demoted = await demotedIds(MAX_PASSED_OVER);
  // The tracker counts a stream at each peer it answers with, so that it is to answer with none that is then passed over.
  for (const excluded of distinct(steps.map((step) => [...step, ...demoted]))) {
    const peer = await availability.choosePeer(catalogId, excluded);
    if (peer) return peer;
  }
  for (const excluded of distinct(steps)) {
    if (demoted.every((peerId) => excluded.includes(peerId))) continue;
    const peer = await availability.choosePeer(catalogId, excluded);
    if (peer) return peer;
  }
  // Where nothing plays, a peer that was too slow is better than none.
  const nothingPlays = source === 0 && others.length === 0;
  if (!nothingPlays || left.every(({ problem }) => problem === 'not_proven')) return null;
  return availability.choosePeer(catalogId, never);
}

/** The demoted peers, those reported last first, at most so many. */
export type DemotedIds = (most: number) => Promise<readonly string[]>;

const idsOf = (peers: readonly { peerId: string }[]) => peers.map(({ peerId }) => peerId);

/** Without the lists that exclude no fewer than the one before; each is part of the one before. */
function distinct(lists: readonly (readonly string[])[]): string[][] {
  const sets = lists.map((list) => [...new Set(list)]);
  return sets.filter((set, index) => set.length !== sets[index - 1]?.length);
}
