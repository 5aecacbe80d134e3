import { randomInt } from 'node:crypto';
import type { Prisma } from '@giggityflix/prisma';
import { BELOW_NAME, type SearchDocument } from './document.ts';
import type { SearchClient } from './search-index.ts';

/** Ranks in a row that are tried, which keep the order of episodes. */
const NEIGHBOURS = 16;
const MAX_ATTEMPTS = 1_000;

/**
 * Inserts a document with its rank or one close to it; where those are taken, with any of its year and name. Episodes above the
 * highest number that a rank can say are all alike to it, and may be thousands.
 */
export async function insertRanked(
  transaction: SearchClient,
  { rank, titleId }: SearchDocument,
  statement: (rank: bigint) => Prisma.Sql,
): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const next = attempt < NEIGHBOURS ? rank + BigInt(attempt) : anyOfName(rank);
    if ((await transaction.$executeRaw(statement(next))) > 0) return;
  }
  throw new Error(`the title ${titleId} has no place among those that are found`);
}

function anyOfName(rank: bigint): bigint {
  const bits = BigInt(BELOW_NAME);
  return ((rank >> bits) << bits) | BigInt(randomInt(2 ** BELOW_NAME));
}
