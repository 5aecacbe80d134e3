import { Prisma } from '@giggityflix/prisma';
import { expect, it } from 'vitest';
import { BELOW_NAME, type SearchDocument } from './document.ts';
import { insertRanked } from './write-document.ts';

const rank = (5n << BigInt(BELOW_NAME)) | 77n;
const document = { rank, titleId: 'title' } as SearchDocument;

/** Inserts where `isFree`; the ranks that were tried. */
async function insert(isFree: (tried: bigint) => boolean): Promise<bigint[]> {
  const tried: bigint[] = [];
  const transaction = {
    async $executeRaw({ values }: Prisma.Sql) {
      tried.push(values[0] as bigint);
      return isFree(values[0] as bigint) ? 1 : 0;
    },
  };
  await insertRanked(transaction as never, document, (next) => Prisma.sql`INSERT ${next}`);
  return tried;
}

it('takes the next rank that is free', async () => {
  expect(await insert((tried) => tried >= rank + 3n)).toEqual([rank, rank + 1n, rank + 2n, rank + 3n]);
});

it('goes elsewhere below its name where all around is taken', async () => {
  const tried = await insert((next) => next > rank + 100_000n || next < rank);
  expect(tried.length).toBeLessThan(40);
  expect(tried.at(-1)! >> BigInt(BELOW_NAME)).toBe(5n);
});

it('gives up after so many attempts', async () => {
  await expect(insert(() => false)).rejects.toThrow('has no place');
});
