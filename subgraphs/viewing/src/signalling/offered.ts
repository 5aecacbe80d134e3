import type { ServingPeer } from '../availability/availability.ts';
import { MAX_OFFERED_PEERS } from './negotiations.ts';

/** A peer a session was offered to, as it is stored; those without a source are of source 0. */
export interface OfferedPeer extends ServingPeer {
  source?: number;
}

/** The source of a peer that was left: none. */
export const NO_SOURCE = -1;

/** Adds the latest offer, and drops the oldest of too many that serve no source. */
export function withOffer(
  offered: readonly OfferedPeer[],
  latest: OfferedPeer,
  serving: ReadonlySet<string>,
): OfferedPeer[] {
  const all = [...offered.filter(({ peerId }) => peerId !== latest.peerId), latest];
  let excess = all.length - MAX_OFFERED_PEERS;
  return all.filter((peer) => {
    if (excess <= 0 || peer === latest || serving.has(peer.peerId)) return true;
    excess -= 1;
    return false;
  });
}

/** Whom a source was offered to last. */
export function formerOf(offered: readonly OfferedPeer[], source: number): ServingPeer | null {
  const former = offered.findLast((peer) => (peer.source ?? 0) === source);
  return former ? toServing(former) : null;
}

export function toServing({ peerId, edgeId, connectionId }: OfferedPeer): ServingPeer {
  return { peerId, edgeId, connectionId };
}
