import type { CatalogId } from '@giggityflix/proto/catalog-id';
import type { Said, Transaction } from './said.ts';
import type { Standing } from './standing.ts';

/**
 * Which of those that said something of a file gives its place to one more peer, where there is no other: the one that
 * has least to speak for it, the newest of several, if that is less than what speaks for the peer. Whoever had proven the
 * file keeps its place while it is not here, unless the peer has proven it too. Null for none.
 */
export async function placeFor(
  peer: { peerId: string; catalogId: CatalogId },
  said: readonly Said[],
  transaction: Transaction,
): Promise<Said | null> {
  const { peerId, catalogId } = peer;
  const where = { peerId, catalogId, outcome: 'proven', isAnnounced: true };
  const hasProven = (await transaction.holdingClaim.count({ where })) > 0;
  const least = leastOf(said);
  return weightOf(least.standing) < WEIGHTS[hasProven ? 'proven' : 'unproven'] ? least : null;
}

function leastOf(said: readonly Said[]): Said {
  return said.reduce((one, other) => {
    const difference = weightOf(other.standing) - weightOf(one.standing);
    return difference < 0 || (difference === 0 && other.firstAt > one.firstAt) ? other : one;
  });
}

const WEIGHTS = { failed: 0, none: 1, left: 2, unproven: 3, leftProven: 4, proven: 5 } as const;

function weightOf(standing: Standing): number {
  if (standing.kind === 'left' && standing.wasProven) return WEIGHTS.leftProven;
  return WEIGHTS[standing.kind];
}
