import { Prisma } from '@giggityflix/prisma';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import { isWithin } from '@giggityflix/proto/media-file';
import type { Said, Transaction } from './said.ts';

interface Source {
  libraryId: string;
  peerId: string;
  folder: string;
}

interface Membership {
  catalogId: string;
  libraryId: string;
}

/** A file with those whose statements on it count. */
interface FileWithVoters {
  catalogId: CatalogId;
  voters: readonly Pick<Said, 'peerId' | 'folder'>[];
}

/** Puts files into the libraries they belong to, and takes them out of others. Depends only on what is in the database. */
export async function settleLibraries(
  transaction: Transaction,
  files: readonly FileWithVoters[],
): Promise<void> {
  if (files.length === 0) return;
  const ids = files.map(({ catalogId }) => catalogId);
  const peers = [...new Set(files.flatMap(({ voters }) => voters.map(({ peerId }) => peerId)))];
  // One query, as it is asked for each file that is taken in.
  const ofPeers = peers.length > 0 ? Prisma.join(peers) : Prisma.sql`''`;
  const rows = await transaction.$queryRaw<(Source & { catalogId: string | null })[]>`
    SELECT "libraryId", "peerId", "folder", NULL AS "catalogId" FROM "LibrarySource" WHERE "peerId" IN (${ofPeers})
    UNION ALL
    SELECT "libraryId", '', '', "catalogId" FROM "FileInLibrary" WHERE "catalogId" IN (${Prisma.join(ids)})`;
  if (rows.length === 0) return;
  const sources = rows.filter(({ catalogId }) => catalogId === null);
  const present = rows.flatMap(({ catalogId, libraryId }) =>
    catalogId === null ? [] : [{ catalogId, libraryId }],
  );
  const byPeer = Map.groupBy(sources, ({ peerId }) => peerId);
  const wanted = new Map<string, Membership>();
  for (const { catalogId, voters } of files)
    for (const { peerId, folder } of voters)
      for (const source of byPeer.get(peerId) ?? []) {
        const isIn = source.folder === '' || (folder !== '' && isWithin(folder, source.folder));
        const membership = { catalogId, libraryId: source.libraryId };
        if (isIn) wanted.set(keyOf(membership), membership);
      }
  const known = new Set(present.map(keyOf));
  for (const { catalogId, libraryId } of present.filter((each) => !wanted.has(keyOf(each))))
    await transaction.$executeRaw`
      DELETE FROM "FileInLibrary" WHERE "catalogId" = ${catalogId} AND "libraryId" = ${libraryId}`;
  const added = [...wanted.values()].filter((each) => !known.has(keyOf(each)));
  if (added.length > 0) await add(transaction, added);
}

const keyOf = ({ catalogId, libraryId }: Membership) => `${catalogId}/${libraryId}`;

/** Memberships of one statement: SQLite takes 999 parameters. */
const AT_ONCE = 400;

/** Those of files that the catalog shows; others are not seen anyway, and settled again when they come. */
async function add(transaction: Transaction, memberships: readonly Membership[]): Promise<void> {
  for (let from = 0; from < memberships.length; from += AT_ONCE) {
    const rows = memberships
      .slice(from, from + AT_ONCE)
      .map(({ catalogId, libraryId }) => Prisma.sql`(${catalogId}, ${libraryId})`);
    await transaction.$executeRaw`INSERT INTO "FileInLibrary" ("catalogId", "libraryId")
      SELECT m."catalogId", l."id" FROM (VALUES ${Prisma.join(rows)}) AS given
      JOIN "MediaFile" m ON m."catalogId" = given.column1 JOIN "Library" l ON l."id" = given.column2
      ON CONFLICT ("catalogId", "libraryId") DO NOTHING`;
  }
}
