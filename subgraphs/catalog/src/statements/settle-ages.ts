import { type Database, Prisma } from '@giggityflix/prisma';
import { stricter } from '../ages/certification.ts';
import { inChunks } from '../store/chunks.ts';
import { showKey } from '../titles/identity.ts';
import type { Transaction } from './said.ts';
import { votedAge } from './voted-age.ts';

/** Files of a show that are asked for its age. */
const MAX_FILES_OF_SHOW = 1_000;
/** Names the lock under which PostgreSQL's transactions find the ages of shows and extras: each is to see what others say. */
const AGES_LOCK = 0x6769_6761;

type Provider = Database['provider'];

interface Row {
  id: string;
  kind: string;
  name: string;
  year: number | null;
  parentId: string | null;
  ownAge: number | null;
  minimumAge: number | null;
  /** Of its files: how many there are, how many say an age, and the strictest ages. */
  files: number | bigint | null;
  stated: number | bigint | null;
  strictest: number | null;
  corrected: number | null;
}

const FILE = {
  titleId: true,
  statedAge: true,
  correctedAge: true,
  isProven: true,
  describedBy: true,
  describedAt: true,
} as const;
type File = Prisma.MediaFileGetPayload<{ select: typeof FILE }>;

/**
 * Finds the ages of titles whose files changed, and those of what takes its age of them: episodes of their shows, and extras.
 * Depends only on what is in the database.
 */
export async function settleAges(
  transaction: Transaction,
  provider: Provider,
  titleIds: Iterable<string>,
): Promise<void> {
  await inChunks([...new Set(titleIds)].sort(), async (ids) => {
    await settleSome(transaction, provider, ids);
    return [];
  });
}

async function settleSome(transaction: Transaction, provider: Provider, ids: string[]): Promise<void> {
  await lock(transaction, provider, ids);
  const titles = await titlesOf(transaction, ids);
  const changed: string[] = [];
  for (const title of titles) {
    const own = await ownAge(transaction, title);
    // What it inherits is found below.
    const minimum = title.kind === 'EPISODE' || title.parentId !== null ? title.minimumAge : own;
    if (minimum !== title.minimumAge) changed.push(title.id);
    if (own !== title.ownAge || minimum !== title.minimumAge)
      await transaction.$executeRaw`UPDATE "Title" SET "ownAge" = ${own}, "minimumAge" = ${minimum}
        WHERE "id" = ${title.id}`;
  }
  const episodes = titles.filter(({ kind }) => kind === 'EPISODE');
  const shows = new Map(episodes.map((title) => [`${showKey(title.name)}${title.year}`, title]));
  for (const show of shows.values()) await settleShow(transaction, provider, show);
  const extras = titles.filter(({ kind, parentId }) => kind !== 'EPISODE' && parentId !== null);
  if (extras.length > 0)
    await inherit(transaction, Prisma.sql`"id" IN (${Prisma.join(extras.map(({ id }) => id))})`);
  if (changed.length > 0) await inherit(transaction, Prisma.sql`"parentId" IN (${Prisma.join(changed)})`);
}

async function lock(transaction: Transaction, provider: Provider, ids: string[]): Promise<void> {
  const titles = await lockTitles(transaction, provider, ids);
  if (titles.some(({ kind, parentId }) => kind === 'EPISODE' || parentId !== null))
    await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${AGES_LOCK})`;
}

/**
 * Has others that write of these titles wait, by a statement of its own: those that follow see what the ones before wrote.
 * SQLite's transactions exclude each other anyway, and none are returned.
 */
export async function lockTitles(
  transaction: Transaction,
  provider: Provider,
  ids: readonly string[],
): Promise<Pick<Row, 'kind' | 'parentId'>[]> {
  if (provider === 'sqlite') return [];
  return transaction.$queryRaw<Pick<Row, 'kind' | 'parentId'>[]>`
    SELECT "kind", "parentId" FROM "Title" WHERE "id" IN (${Prisma.join([...ids])}) ORDER BY "id" FOR UPDATE`;
}

function titlesOf(transaction: Transaction, ids: string[]): Promise<Row[]> {
  const some = Prisma.join(ids);
  return transaction.$queryRaw<Row[]>`
    SELECT t."id", t."kind", t."name", t."year", t."parentId", t."ownAge", t."minimumAge",
      f."files", f."stated", f."strictest", f."corrected"
    FROM "Title" t LEFT JOIN (
      SELECT "titleId", count(*) AS "files", count("statedAge") AS "stated", max("statedAge") AS "strictest",
        max("correctedAge") AS "corrected"
      FROM "MediaFile" WHERE "titleId" IN (${some}) GROUP BY "titleId") f ON f."titleId" = t."id"
    WHERE t."id" IN (${some})`;
}

/** The age that the files of a title say. Most titles are of one file, or of files that say the same: their sums decide. */
async function ownAge(transaction: Transaction, title: Row): Promise<number | null> {
  const { id, files, stated, strictest, corrected } = title;
  const isMixed = Number(stated ?? 0) > 0 && Number(stated) < Number(files) && corrected === null;
  return isMixed ? ageOf(transaction, await filesOf(transaction, [id])) : (corrected ?? strictest);
}

/** In the order of seniority. */
function filesOf(transaction: Transaction, titleIds: string[]): Promise<File[]> {
  return transaction.mediaFile.findMany({
    where: { titleId: { in: titleIds } },
    select: FILE,
    orderBy: [{ describedAt: 'asc' }, { catalogId: 'asc' }],
    take: MAX_FILES_OF_SHOW,
  });
}

/** Gives titles of this condition, none of them an episode, their own age, or that of what they belong to. */
export async function inherit(transaction: Transaction, condition: Prisma.Sql): Promise<void> {
  const age = Prisma.sql`COALESCE("ownAge", (SELECT p."minimumAge" FROM "Title" p WHERE p."id" = "Title"."parentId"))`;
  await transaction.$executeRaw`UPDATE "Title" SET "minimumAge" = ${age}
    WHERE ${condition} AND "kind" <> 'EPISODE' AND "minimumAge" IS DISTINCT FROM ${age}`;
}

/** The episodes of a show that have no age of their own take that of the show. */
async function settleShow(
  transaction: Transaction,
  provider: Provider,
  show: Pick<Row, 'name' | 'year'>,
): Promise<void> {
  const ofShow = episodesOf(provider, show);
  const [stated] = await transaction.$queryRaw<object[]>`
    SELECT "id" FROM "Title" WHERE ${ofShow} AND "ownAge" IS NOT NULL LIMIT 1`;
  const age = stated ? await ageOfShow(transaction, ofShow) : null;
  const own = Prisma.sql`COALESCE("ownAge", CAST(${age} AS INTEGER))`;
  const changed = await transaction.$executeRaw`UPDATE "Title" SET "minimumAge" = ${own}
    WHERE ${ofShow} AND "minimumAge" IS DISTINCT FROM ${own}`;
  if (changed > 0)
    await inherit(transaction, Prisma.sql`"parentId" IN (SELECT "id" FROM "Title" WHERE ${ofShow})`);
}

function episodesOf(provider: Provider, { name, year }: Pick<Row, 'name' | 'year'>): Prisma.Sql {
  const key = showKey(name);
  // SQLite's order is that of the bytes, PostgreSQL's that of a language.
  const named =
    provider === 'sqlite'
      ? Prisma.sql`"sortKey" >= ${key} AND "sortKey" < ${`${key.slice(0, -1)}"`}`
      : Prisma.sql`starts_with("sortKey", ${key})`;
  const dated = year === null ? Prisma.sql`"year" IS NULL` : Prisma.sql`"year" = ${year}`;
  return Prisma.sql`"kind" = 'EPISODE' AND ${named} AND ${dated}`;
}

async function ageOfShow(transaction: Transaction, ofShow: Prisma.Sql): Promise<number | null> {
  const rows = await transaction.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "Title" WHERE ${ofShow} ORDER BY "ownAge" IS NULL, "id" LIMIT ${MAX_FILES_OF_SHOW}`;
  const files = await inChunks(rows, (some) =>
    filesOf(
      transaction,
      some.map(({ id }) => id),
    ),
  );
  const stated = files.map((file) => ({
    ...file,
    statedAge: file.correctedAge ?? file.statedAge,
    correctedAge: null,
  }));
  return ageOf(
    transaction,
    stated.sort((one, other) => one.describedAt.getTime() - other.describedAt.getTime()),
  );
}

/** What an operator says of any of the files, or else what the peers whose words they are say together. */
async function ageOf(transaction: Transaction, files: readonly File[]): Promise<number | null> {
  const corrected = files.map(({ correctedAge }) => correctedAge).reduce(stricter, null);
  if (corrected !== null) return corrected;
  const strictest = files.map(({ statedAge }) => statedAge).reduce(stricter, null);
  if (strictest === null || files.every(({ statedAge }) => statedAge !== null)) return strictest;
  const proven = files.filter(({ isProven }) => isProven);
  const asked = proven.length > 0 ? proven : files;
  const peers = await transaction.sharingPeer.findMany({
    where: { peerId: { in: [...new Set(asked.map(({ describedBy }) => describedBy))] } },
    select: { peerId: true, network: true, firstSeenAt: true },
  });
  const byId = new Map(peers.map((peer) => [peer.peerId, peer]));
  const voted = votedAge(
    asked.map(({ describedBy, describedAt, statedAge }) => ({
      peerId: describedBy,
      network: byId.get(describedBy)?.network || null,
      firstSeenAt: Number(byId.get(describedBy)?.firstSeenAt ?? 0),
      lastAt: describedAt.getTime(),
      age: statedAge,
    })),
  );
  return voted === null ? null : strictest;
}
