import { UnavailableError, wrapMethods } from '@giggityflix/kernel';
import { type Database, isDatabaseUnavailable, type Prisma } from '@giggityflix/prisma';
import { createAvailabilityWriter, type OnGone } from './availability-writer.ts';
import { inChunks } from './chunks.ts';
import { createDetailsReader } from './details.prisma.ts';
import { createExtrasReader } from './extras.prisma.ts';
import { MAX_FILES_PER_QUERY, MAX_FILES_PER_TITLE } from './limits.ts';
import type { OnUnreadable } from './readable.ts';
import { createRows, type ListedFileRow, toArtwork } from './rows.ts';
import type { CatalogStore, TitleFilter, TitlePosition } from './store.ts';

/** What lists of files are read without. */
const LISTED = { details: true } as const;

/** The catalog in SQLite or PostgreSQL. Its methods reject with UnavailableError while the database is away. */
export function createPrismaStore(
  database: Database,
  onUnreadable: OnUnreadable = () => {},
  onGone: OnGone = async () => {},
): CatalogStore {
  const { client } = database;
  const { toFile, toTitles } = createRows(onUnreadable);
  return guarded({
    setAvailability: createAvailabilityWriter(database, onGone),

    async files(catalogIds) {
      const rows = await inChunks(catalogIds, (some) =>
        client.mediaFile.findMany({ where: { catalogId: { in: some } }, omit: LISTED }),
      );
      return rows.map(toFile);
    },
    async titles(ids) {
      return toTitles(await inChunks(ids, (some) => client.title.findMany({ where: { id: { in: some } } })));
    },
    async filesOfTitles(titleIds) {
      const rows = await inChunks(titleIds, (some) => filesOf(database, some));
      const others = await inChunks(titleIds, (some) => otherEpisodes(database, some));
      return [
        ...rows.map((row) => ({ titleId: row.titleId, file: toFile(row) })),
        ...others.map(({ titleId, file }) => ({ titleId, file: toFile(file) })),
      ];
    },
    detailsOfFiles: createDetailsReader(database),
    extrasOfTitles: createExtrasReader(database, { toTitles }),
    async artworkOfFiles(catalogIds) {
      const rows = await inChunks(catalogIds, (some) =>
        client.picture.findMany({
          where: { catalogId: { in: some }, isShown: true },
          omit: { data: true, peerId: true, atSeconds: true, takenAt: true, isShown: true },
          orderBy: [{ catalogId: 'asc' }, { index: 'asc' }],
        }),
      );
      return rows.map(toArtwork);
    },
    async artwork(catalogId, index) {
      const row = await client.picture.findFirst({ where: { catalogId, index, isShown: true } });
      return row && toArtwork(row);
    },

    async pageOfTitles(filter, after, limit) {
      const rows = await client.title.findMany({
        where: { AND: [...conditions(filter), ...behind(after)] },
        orderBy: [{ sortKey: 'asc' }, { id: 'asc' }],
        take: limit,
      });
      return toTitles(rows);
    },
    countTitles: (filter) => client.title.count({ where: { AND: conditions(filter) } }),
    check: () => database.check(),
  });
}

/** The first files of each title. Titles with more rows than one query returns are asked for one by one. */
async function filesOf({ client }: Database, titleIds: string[]): Promise<ListedFileRow[]> {
  const orderBy = [{ addedAt: 'asc' as const }, { catalogId: 'asc' as const }];
  const rows = await client.mediaFile.findMany({
    where: { titleId: { in: titleIds } },
    orderBy,
    omit: LISTED,
    take: MAX_FILES_PER_QUERY,
  });
  if (rows.length < MAX_FILES_PER_QUERY) return rows;
  const each: ListedFileRow[] = [];
  for (const titleId of titleIds)
    each.push(
      ...(await client.mediaFile.findMany({
        where: { titleId },
        orderBy,
        omit: LISTED,
        take: MAX_FILES_PER_TITLE,
      })),
    );
  return each;
}

/** Files of which these titles are a further episode. */
function otherEpisodes({ client }: Database, titleIds: string[]) {
  return client.fileEpisode.findMany({
    where: { titleId: { in: titleIds } },
    orderBy: [{ titleId: 'asc' }, { catalogId: 'asc' }],
    include: { file: { omit: LISTED } },
    take: MAX_FILES_PER_QUERY,
  });
}

function guarded(store: CatalogStore): CatalogStore {
  return wrapMethods(store, async (work) => {
    try {
      return await work();
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
      throw new UnavailableError('the catalog', { cause: error });
    }
  });
}

/** Scripts that put no spaces between words, where any part of the name may be the word. */
const UNSPACED = /^[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Khmr}\p{sc=Laoo}\p{sc=Mymr}]/u;

function conditions(filter: TitleFilter): Prisma.TitleWhereInput[] {
  const all: Prisma.TitleWhereInput[] = filter.words.map((word) => ({
    searchText: { contains: UNSPACED.test(word) ? word : ` ${word}` },
  }));
  if (filter.kind !== null) all.push({ kind: filter.kind });
  const present = { some: { availability: { isAvailable: true } } };
  if (filter.available === true) all.push({ files: present });
  if (filter.available === false) all.push({ NOT: { files: present } });
  if (filter.extra !== null) all.push({ parentId: filter.extra ? { not: null } : null });
  return all;
}

/** The first condition alone decides, but only it lets the database begin in the index. */
function behind(after: TitlePosition | null): Prisma.TitleWhereInput[] {
  if (after === null) return [];
  const { sortKey, id } = after;
  return [{ sortKey: { gte: sortKey } }, { OR: [{ sortKey: { gt: sortKey } }, { sortKey, id: { gt: id } }] }];
}
