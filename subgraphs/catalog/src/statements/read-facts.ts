import { Prisma } from '@giggityflix/prisma';
import { type Facts, factsSchema } from './facts.ts';
import type { Said, Transaction } from './said.ts';

/** Statements of one query; at the greatest length of a statement, 13 MB. */
const STATEMENTS_PER_QUERY = 200;

interface Row {
  digest: string;
  facts: unknown;
}

/** The facts of statements by their digests. Equal statements are read once; those that cannot be read are left out. */
export async function readFacts(
  transaction: Transaction,
  statements: readonly Said[],
): Promise<ReadonlyMap<string, Facts>> {
  const different = new Map(statements.map((each) => [`${each.catalogId}/${each.digest}`, each]));
  const pairs = [...different.values()].map(({ catalogId, peerId }) => Prisma.sql`(${catalogId}, ${peerId})`);
  const facts = new Map<string, Facts>();
  if (pairs.length === 0) return facts;
  const rows = await transaction.$queryRaw<Row[]>`SELECT "digest", "facts" FROM "FileStatement"
      WHERE ("catalogId", "peerId") IN (VALUES ${Prisma.join(pairs)})`;
  for (const row of rows) {
    const parsed = factsSchema.safeParse(typeof row.facts === 'string' ? JSON.parse(row.facts) : row.facts);
    if (parsed.success) facts.set(row.digest, parsed.data);
  }
  return facts;
}

/** Divides files so that the statements of each part can be read in one query. */
export function inReadableParts<T extends { voters: readonly Said[] }>(files: readonly T[]): T[][] {
  const parts: T[][] = [];
  let count = Infinity;
  for (const file of files) {
    count += file.voters.length;
    if (count > STATEMENTS_PER_QUERY) {
      parts.push([]);
      count = file.voters.length;
    }
    parts.at(-1)?.push(file);
  }
  return parts;
}
