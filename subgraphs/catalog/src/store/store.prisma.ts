import { type AccessLimits, isLimited, NOT_LIMITED } from '@giggityflix/http';
import { UnavailableError, wrapMethods } from '@giggityflix/kernel';
import { type Database, isDatabaseUnavailable, Prisma } from '@giggityflix/prisma';
import type { SearchPosition, TitleSearch } from '../search/title-search.ts';
import { createAvailabilityWriter, type OnGone } from './availability-writer.ts';
import { inChunks } from './chunks.ts';
import { bySet, byTitle, conditionsBesideSearch, conditionsOf } from './conditions.ts';
import { createDetailsReader } from './details.prisma.ts';
import { createExtrasReader } from './extras.prisma.ts';
import { type Counted, createFacets } from './facets.prisma.ts';
import { MAX_FILES_PER_QUERY, MAX_FILES_PER_TITLE } from './limits.ts';
import { ORDERS } from './orders.ts';
import type { OnUnreadable } from './readable.ts';
import { createRows, type ListedFileRow, toArtwork } from './rows.ts';
import { filesSeenBy, seesTitle, titlesSeenBy } from './seen-by.ts';
import type { CatalogReads, CatalogStore, Search, TitleFacets, TitleFilter } from './store.ts';
import { createTitlePages } from './title-pages.prisma.ts';

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
  const pages = createTitlePages(database);
  const facets = createFacets(database, limits);
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
  const found = new WeakMap<TitleFilter, ReturnType<TitleSearch['all']>>();
  /** What a filter finds by its search, asked once for all that is asked of it; null where it searches for nothing, or by names alone. */
  const foundBy = (filter: TitleFilter) => {
    const index = search();
    if (!filter.search || !index) return null;
    const all = found.get(filter) ?? index.all(wanted(filter, filter.search));
    found.set(filter, all);
    return all;
  };
  const seen = seesTitle(limits, Prisma.sql`t`);
  const wanted = (filter: TitleFilter, { query }: Search) => ({
    query,
    conditions: [...(isLimited(limits) ? [seen] : []), ...conditionsBesideSearch(filter, limits)],
  });
  /** The conditions on titles `t` of a filter. */
  const conditions = async (filter: TitleFilter) => {
    const all = await foundBy(filter);
    return all
      ? [seen, all.isFound, ...conditionsBesideSearch(filter, limits)]
      : conditionsOf(filter, limits);
  };
  /** The same to count titles, without what the filter says of one facet. */
  const counted = async (filter: TitleFilter, without: Partial<TitleFilter> = {}): Promise<Counted> => {
    const asked = { ...filter, ...without };
    const all = await foundBy(filter);
    const areFew = all !== null || (asked.decade ?? 0) > 0;
    const files = areFew ? byTitle(limits) : bySet(limits, database.provider);
    const where = all
      ? [seen, all.isFound, ...conditionsBesideSearch(asked, limits, files)]
      : conditionsOf(asked, limits, files);
    return { where, files, isAll: !isLimited(limits) && Object.values(asked).every((part) => part === null) };
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
      if (isLimited(limits)) {
        const where = { AND: [{ catalogId }, ...ofFiles] };
        if ((await client.mediaFile.count({ where })) === 0) return null;
      }
      const row = await client.picture.findFirst({ where: { catalogId, index, isShown: true } });
      return row && toArtwork(row);
    },

    async pageOfTitles({ filter, sort, after }, limit) {
      const index = search();
      const [order, former] = [sort ?? 'NAME', after !== null && 'sortKey' in after ? after : null];
      const behind = after !== null && 'sort' in after ? after : null;
      // A list that began in one order goes on in it; names are in order without articles as soon as all titles have their place.
      if (former || (!index && !behind && order === 'NAME')) {
        const ids = await pages.formerIds(former, conditionsOf(filter, limits), limit);
        return (await inOrder(ids)).flatMap((title) =>
          title ? [{ title, position: { sortKey: title.sortKey, id: title.id } }] : [],
        );
      }
      if (filter.search && index && sort === null) {
        const places = await index.page(wanted(filter, filter.search), after as SearchPosition | null, limit);
        const records = await inOrder(places.map(({ titleId }) => titleId));
        return places.flatMap(({ stage, rank }, n) => {
          const title = records[n];
          return title ? [{ title, position: { stage, rank } }] : [];
        });
      }
      const ids = await pages.ids({ sort: order, after: behind }, await conditions(filter), limit);
      return (await inOrder(ids)).flatMap((title) =>
        title ? [{ title, position: ORDERS[order].placeOf(title) }] : [],
      );
    },
    async countTitles(filter) {
      const all = await foundBy(filter);
      return all ? all.count : pages.count((await counted(filter)).where);
    },
    async facetOfTitles(filter, facet) {
      return facets[facet](await counted(filter, WITHOUT[facet])) as never;
    },
  };
}

/** What a filter says of each facet itself. */
const WITHOUT: Record<keyof TitleFacets, Partial<TitleFilter>> = {
  kinds: { kind: null },
  decades: { decade: null },
  availability: { available: null },
  languages: { language: null },
};

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
