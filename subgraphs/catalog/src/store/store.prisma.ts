import { type AccessLimits, isLimited, NOT_LIMITED } from '@giggityflix/http';
import { UnavailableError, wrapMethods } from '@giggityflix/kernel';
import { type Database, isDatabaseUnavailable, Prisma } from '@giggityflix/prisma';
import type { SearchPosition, TitleSearch } from '../search/title-search.ts';
import { createAvailabilityWriter, type OnGone } from './availability-writer.ts';
import { inChunks } from './chunks.ts';
import { createDetailsReader } from './details.prisma.ts';
import { createExtrasReader } from './extras.prisma.ts';
import {
  conditionsBesideSearch,
  conditions as conditionsOf,
  createLimitedPages,
} from './limited-pages.prisma.ts';
import { MAX_FILES_PER_QUERY, MAX_FILES_PER_TITLE } from './limits.ts';
import { ORDERS } from './orders.ts';
import type { OnUnreadable } from './readable.ts';
import { createRows, type ListedFileRow, toArtwork } from './rows.ts';
import { filesSeenBy, seesTitle, titlesSeenBy } from './seen-by.ts';
import { createSortedPages } from './sorted-pages.prisma.ts';
import type { CatalogReads, CatalogStore, FormerPosition, TitleFilter } from './store.ts';
import { isUnspaced } from './words.ts';

/** What lists of files are read without. */
const LISTED = { details: true } as const;

/** Finds titles as soon as all of them can be found; until then they are looked for by their names alone. */
export type SearchWhenFilled = () => TitleSearch | null;

/** The catalog in SQLite or PostgreSQL. Its methods reject with UnavailableError while the database is away. */
export function createPrismaStore(
  database: Database,
  onUnreadable: OnUnreadable = () => {},
  onGone: OnGone = async () => {},
  search: SearchWhenFilled = () => null,
): CatalogStore {
  const rows = createRows(onUnreadable);
  const reads = (limits: AccessLimits) => guarded(createReads({ database, rows, search }, limits));
  const all = reads(NOT_LIMITED);
  return {
    seenBy: (limits) => (isLimited(limits) ? reads(limits) : all),
    ...guarded({
      setAvailability: createAvailabilityWriter(database, onGone),
      check: () => database.check(),
    }),
  };
}

type Rows = ReturnType<typeof createRows>;

function createReads(
  {
    database,
    rows: { toFile, toTitles },
    search,
  }: { database: Database; rows: Rows; search: SearchWhenFilled },
  limits: AccessLimits,
): CatalogReads {
  const { client } = database;
  const ofFiles = filesSeenBy(limits);
  const ofTitles = titlesSeenBy(limits);
  const sorted = createSortedPages(database);
  const pages = isLimited(limits) ? createLimitedPages(database, limits) : null;
  const titles = async (ids: readonly string[]) =>
    toTitles(
      await inChunks(ids, (some) =>
        client.title.findMany({ where: { AND: [{ id: { in: some } }, ...ofTitles] } }),
      ),
    );
  const inOrder = async (ids: readonly string[]) => {
    const byId = new Map((await titles(ids)).map((title) => [title.id, title]));
    return ids.map((id) => byId.get(id) ?? null);
  };
  /** In the order of names with their articles. */
  const byFormerName = async (filter: TitleFilter, after: FormerPosition | null, limit: number) => {
    if (pages)
      return (await inOrder(await pages.ids(filter, after, limit))).filter((title) => title !== null);
    const rows = await client.title.findMany({
      where: { AND: [...conditions(filter), ...behind(after)] },
      orderBy: [{ sortKey: 'asc' }, { id: 'asc' }],
      take: limit,
    });
    return toTitles(rows);
  };
  const seen = isLimited(limits) ? [seesTitle(limits, Prisma.sql`t`)] : [];
  /** What a filter looks for in the index; null where it looks for nothing, or not there. */
  const wanted = (filter: TitleFilter) =>
    filter.search && {
      query: filter.search.query,
      conditions: [...seen, ...conditionsBesideSearch(filter, limits)],
    };
  return {
    async files(catalogIds) {
      const rows = await inChunks(catalogIds, (some) =>
        client.mediaFile.findMany({
          where: { AND: [{ catalogId: { in: some } }, ...ofFiles] },
          omit: LISTED,
        }),
      );
      return rows.map(toFile);
    },
    titles,
    async filesOfTitles(titleIds) {
      const rows = await inChunks(titleIds, (some) => filesOf(database, some, ofFiles));
      const others = await inChunks(titleIds, (some) => otherEpisodes(database, some, ofFiles));
      return [
        ...rows.map((row) => ({ titleId: row.titleId, file: toFile(row) })),
        ...others.map(({ titleId, file }) => ({ titleId, file: toFile(file) })),
      ];
    },
    detailsOfFiles: createDetailsReader(database),
    extrasOfTitles: createExtrasReader(database, { toTitles }, ofTitles),
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
      if (pages) {
        const where = { AND: [{ catalogId }, ...ofFiles] };
        if ((await client.mediaFile.count({ where })) === 0) return null;
      }
      const row = await client.picture.findFirst({ where: { catalogId, index, isShown: true } });
      return row && toArtwork(row);
    },

    async pageOfTitles({ filter, sort, after }, limit) {
      const [found, index] = [wanted(filter), search()];
      const [order, former] = [sort ?? 'NAME', after !== null && 'sortKey' in after ? after : null];
      const behind = after !== null && 'sort' in after ? after : null;
      // A list that began in one order goes on in it; names are in order without articles as soon as all titles have their place.
      if (former || (!index && !behind && order === 'NAME'))
        return (await byFormerName(filter, former, limit)).map((title) => ({
          title,
          position: { sortKey: title.sortKey, id: title.id },
        }));
      if (found && index && sort === null) {
        const places = await index.page(found, after as SearchPosition | null, limit);
        const records = await inOrder(places.map(({ titleId }) => titleId));
        return places.flatMap(({ stage, rank }, n) => {
          const title = records[n];
          return title ? [{ title, position: { stage, rank } }] : [];
        });
      }
      const among =
        found && index ? [...found.conditions, await index.among(found)] : conditionsOf(filter, limits);
      const ids = await sorted.ids({ sort: order, after: behind, among }, limit);
      return (await inOrder(ids)).flatMap((title) =>
        title ? [{ title, position: ORDERS[order].placeOf(title) }] : [],
      );
    },
    async countTitles(filter) {
      const [found, index] = [wanted(filter), search()];
      if (found && index) return index.count(found);
      return pages ? pages.count(filter) : client.title.count({ where: { AND: conditions(filter) } });
    },
  };
}

/** The first files of each title. Titles with more rows than one query returns are asked for one by one. */
async function filesOf(
  { client }: Database,
  titleIds: string[],
  seen: Prisma.MediaFileWhereInput[],
): Promise<ListedFileRow[]> {
  const orderBy = [{ addedAt: 'asc' as const }, { catalogId: 'asc' as const }];
  const rows = await client.mediaFile.findMany({
    where: { AND: [{ titleId: { in: titleIds } }, ...seen] },
    orderBy,
    omit: LISTED,
    take: MAX_FILES_PER_QUERY,
  });
  if (rows.length < MAX_FILES_PER_QUERY) return rows;
  const each: ListedFileRow[] = [];
  for (const titleId of titleIds)
    each.push(
      ...(await client.mediaFile.findMany({
        where: { AND: [{ titleId }, ...seen] },
        orderBy,
        omit: LISTED,
        take: MAX_FILES_PER_TITLE,
      })),
    );
  return each;
}

/** Files of which these titles are a further episode. */
function otherEpisodes({ client }: Database, titleIds: string[], seen: Prisma.MediaFileWhereInput[]) {
  return client.fileEpisode.findMany({
    where: { titleId: { in: titleIds }, ...(seen.length > 0 && { file: { AND: seen } }) },
    orderBy: [{ titleId: 'asc' }, { catalogId: 'asc' }],
    include: { file: { omit: LISTED } },
    take: MAX_FILES_PER_QUERY,
  });
}

function guarded<Methods extends object>(store: Methods): Methods {
  return wrapMethods(store, async (work) => {
    try {
      return await work();
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
      throw new UnavailableError('the catalog', { cause: error });
    }
  });
}

function conditions(filter: TitleFilter): Prisma.TitleWhereInput[] {
  const all: Prisma.TitleWhereInput[] = (filter.search?.words ?? []).map((word) => ({
    searchText: { contains: isUnspaced(word) ? word : ` ${word}` },
  }));
  if (filter.kind !== null) all.push({ kind: filter.kind });
  const present = { some: { availability: { isAvailable: true } } };
  if (filter.available === true) all.push({ files: present });
  if (filter.available === false) all.push({ NOT: { files: present } });
  if (filter.extra !== null) all.push({ parentId: filter.extra ? { not: null } : null });
  return all;
}

/** The first condition alone decides, but only it lets the database begin in the index. */
function behind(after: FormerPosition | null): Prisma.TitleWhereInput[] {
  if (after === null) return [];
  const { sortKey, id } = after;
  return [{ sortKey: { gte: sortKey } }, { OR: [{ sortKey: { gt: sortKey } }, { sortKey, id: { gt: id } }] }];
}
