import { UnavailableError, wrapMethods } from '@giggityflix/kernel';
import { type Database, isDatabaseUnavailable, Prisma } from '@giggityflix/prisma';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import { saidOf } from '../statements/said.ts';
import { inTransaction, lockFiles } from '../statements/settle.ts';
import { settleLibraries } from '../statements/settle-libraries.ts';
import { heard } from '../statements/standing.ts';
import { type Libraries, type Library, MAX_LIBRARIES } from './libraries.ts';

/** Files that are looked at in one transaction: few enough that others write in between. */
const FILES_AT_ONCE = 200;
/** Files of one page. */
const PAGE = 5_000;

/** Libraries in SQLite or PostgreSQL. Its methods reject with UnavailableError while the database cannot be reached. */
export function createPrismaLibraries(database: Database): Libraries {
  const { client } = database;
  let queue: Promise<unknown> = Promise.resolve();
  /** One after another: each looks at many files. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = queue.then(work);
    queue = done.catch(() => {});
    return done;
  };

  /** Looks again at the files of these peers, and at those that are in the library. */
  async function refill(libraryId: string, peerIds: readonly string[]): Promise<void> {
    const peers = peerIds.length > 0 ? Prisma.join([...peerIds]) : Prisma.sql`''`;
    for (let after = '', isLast = false; !isLast; ) {
      const ids = await client.$queryRaw<{ catalogId: CatalogId }[]>`SELECT "catalogId" FROM (
          SELECT "catalogId" FROM "FileInLibrary" WHERE "libraryId" = ${libraryId} AND "catalogId" > ${after}
          UNION SELECT "catalogId" FROM "FileStatement" WHERE "peerId" IN (${peers}) AND "catalogId" > ${after}
        ) AS file ORDER BY "catalogId" LIMIT ${PAGE}`;
      for (let from = 0; from < ids.length; from += FILES_AT_ONCE)
        await look(ids.slice(from, from + FILES_AT_ONCE).map(({ catalogId }) => catalogId));
      after = ids.at(-1)?.catalogId ?? after;
      isLast = ids.length < PAGE;
    }
  }

  const look = (catalogIds: CatalogId[]) =>
    inTransaction(database, async (transaction) => {
      await lockFiles(transaction, database.provider, catalogIds);
      const said = Map.groupBy(
        await saidOf(transaction, 'FileStatement', catalogIds),
        ({ catalogId }) => catalogId,
      );
      await settleLibraries(
        transaction,
        catalogIds.map((catalogId) => ({ catalogId, voters: heard(said.get(catalogId) ?? []) })),
      );
    });

  const finished = (id: string, changedAt: Date) =>
    client.library.updateMany({ where: { id, changedAt }, data: { isDue: false } });

  return guarded({
    async list() {
      const rows = await client.library.findMany({
        include: { sources: { orderBy: [{ peerId: 'asc' }, { folder: 'asc' }] } },
        orderBy: [{ name: 'asc' }, { id: 'asc' }],
      });
      return rows.map(({ id, name, sources }) => ({
        id,
        name,
        peers: sources.filter(({ folder }) => folder === '').map(({ peerId }) => peerId),
        folders: sources
          .filter(({ folder }) => folder !== '')
          .map(({ peerId, folder }) => ({ peerId, folder })),
      }));
    },

    save: (library) =>
      inTurn(async () => {
        const { id, name } = library;
        const changedAt = new Date();
        const before = await inTransaction(database, async (transaction) => {
          const others = await transaction.library.count({ where: { id: { not: id } } });
          if (others >= MAX_LIBRARIES) return null;
          const data = { name, isDue: true, changedAt };
          await transaction.library.upsert({ where: { id }, create: { id, ...data }, update: data });
          const sources = await transaction.librarySource.findMany({ where: { libraryId: id } });
          await transaction.librarySource.deleteMany({ where: { libraryId: id } });
          await transaction.librarySource.createMany({ data: sourcesOf(library) });
          return sources;
        });
        if (!before) return false;
        const peers = [...before, ...sourcesOf(library)].map(({ peerId }) => peerId);
        await refill(id, [...new Set(peers)]);
        await finished(id, changedAt);
        return true;
      }),

    delete: (id) =>
      inTurn(async () => {
        const { count } = await client.library.deleteMany({ where: { id } });
        return count > 0;
      }),

    finish: () =>
      inTurn(async () => {
        const due = await client.library.findMany({ where: { isDue: true }, include: { sources: true } });
        for (const { id, changedAt, sources } of due) {
          await refill(id, [...new Set(sources.map(({ peerId }) => peerId))]);
          await finished(id, changedAt);
        }
      }),
  });
}

function sourcesOf({ id, peers, folders }: Library) {
  const sources = [...peers.map((peerId) => ({ peerId, folder: '' })), ...folders];
  const unique = new Map(sources.map((source) => [JSON.stringify([source.peerId, source.folder]), source]));
  return [...unique.values()].map(({ peerId, folder }) => ({ libraryId: id, peerId, folder }));
}

function guarded(libraries: Libraries): Libraries {
  return wrapMethods(libraries, async (work) => {
    try {
      return await work();
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
      throw new UnavailableError('the catalog', { cause: error });
    }
  });
}
