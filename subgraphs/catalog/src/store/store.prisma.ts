import { isDeepStrictEqual } from 'node:util';
import { UnavailableError, wrapMethods } from '@giggityflix/kernel';
import { type Database, isDatabaseUnavailable, type Prisma, type PrismaClient } from '@giggityflix/prisma';
import { searchText, sortKey, titleId } from '../titles/identity.ts';
import { type FileRow, fromDescription, toArtwork, toFile, toJson, toTitle } from './rows.ts';
import type { CatalogStore, FileDescription, TitleFilter, TitlePosition } from './store.ts';

type Transaction = Prisma.TransactionClient;

/** The catalog in SQLite or PostgreSQL. Its methods reject with UnavailableError while the database is away. */
export function createPrismaStore(database: Database): CatalogStore {
  const { client } = database;
  return guarded({
    describe: (description) => describe(client, description),

    async setAvailability({ catalogId, isAvailable, peerCount, changedAt }) {
      const at = new Date(changedAt);
      const data = { isAvailable, peerCount, changedAt: at };
      const update = () =>
        client.fileAvailability.updateMany({ where: { catalogId, changedAt: { lte: at } }, data });
      if ((await update()).count > 0) return;
      await ensureAvailability(client, catalogId);
      await update();
    },

    async putArtwork({ catalogId, index, data, ...rest }) {
      const picture = { ...rest, data: Buffer.from(data), updatedAt: new Date() };
      await client.artwork.upsert({
        where: { catalogId_index: { catalogId, index } },
        create: { catalogId, index, ...picture },
        update: picture,
      });
    },

    async files(catalogIds) {
      const rows = await client.mediaFile.findMany({ where: { catalogId: { in: [...catalogIds] } } });
      return rows.map(toFile);
    },
    async titles(ids) {
      const rows = await client.title.findMany({ where: { id: { in: [...ids] } } });
      return rows.map(toTitle);
    },
    async filesOfTitles(titleIds) {
      const rows = await client.mediaFile.findMany({
        where: { titleId: { in: [...titleIds] } },
        orderBy: [{ addedAt: 'asc' }, { catalogId: 'asc' }],
      });
      return rows.map(toFile);
    },
    async artworkOfFiles(catalogIds) {
      const rows = await client.artwork.findMany({
        where: { catalogId: { in: [...catalogIds] } },
        select: { catalogId: true, index: true, mimeType: true, width: true, height: true, digest: true },
        orderBy: [{ catalogId: 'asc' }, { index: 'asc' }],
      });
      return rows.map(toArtwork);
    },
    async artwork(catalogId, index) {
      const row = await client.artwork.findUnique({ where: { catalogId_index: { catalogId, index } } });
      return row && toArtwork(row);
    },

    async pageOfTitles(filter, after, limit) {
      const rows = await client.title.findMany({
        where: { AND: [...conditions(filter), ...behind(after)] },
        orderBy: [{ sortKey: 'asc' }, { id: 'asc' }],
        take: limit,
      });
      return rows.map(toTitle);
    },
    countTitles: (filter) => client.title.count({ where: { AND: conditions(filter) } }),
    check: () => database.check(),
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
  return all;
}

/** The first condition alone decides, but only it lets the database begin in the index. */
function behind(after: TitlePosition | null): Prisma.TitleWhereInput[] {
  if (after === null) return [];
  const { sortKey, id } = after;
  return [{ sortKey: { gte: sortKey } }, { OR: [{ sortKey: { gt: sortKey } }, { sortKey, id: { gt: id } }] }];
}

async function describe(client: PrismaClient, description: FileDescription): Promise<void> {
  const { catalogId } = description.file;
  const known = await client.mediaFile.findUnique({ where: { catalogId } });
  if (known && changesTo(known, description) === null) return;
  await client.$transaction(async (transaction) => {
    const current = await transaction.mediaFile.findUnique({ where: { catalogId } });
    if (!current) return create(transaction, description);
    const changes = changesTo(current, description);
    if (changes === null) return;
    if (changes.titleId !== undefined) await ensureTitle(transaction, description);
    await transaction.mediaFile.update({ where: { catalogId }, data: changes });
    if (changes.titleId !== undefined)
      await transaction.title.deleteMany({ where: { id: current.titleId, files: { none: {} } } });
  });
}

async function create(transaction: Transaction, description: FileDescription): Promise<void> {
  await ensureAvailability(transaction, description.file.catalogId);
  await ensureTitle(transaction, description);
  await transaction.mediaFile.create({ data: fromDescription(description) });
}

const COMPLETED = [
  'container',
  'mimeType',
  'videoCodec',
  'audioCodec',
  'durationSeconds',
  'width',
  'height',
  'language',
] as const;

const LISTS = ['chapters', 'tracks'] as const;

/** What a description changes in a file that is known; null when nothing. */
function changesTo(
  known: FileRow,
  description: FileDescription,
): Prisma.MediaFileUncheckedUpdateInput | null {
  const { file, title, describedAt } = description;
  const ofItsPeer = known.describedBy === file.describedBy && describedAt >= known.describedAt.getTime();
  const changes: Prisma.MediaFileUncheckedUpdateInput = {};
  for (const column of COMPLETED) {
    const value = file[column];
    if (value !== null && value !== known[column] && (ofItsPeer || known[column] === null))
      Object.assign(changes, { [column]: value });
  }
  for (const column of LISTS) {
    const former = (known[column] ?? []) as unknown[];
    const isLacking = former.length === 0;
    const isOther = !isDeepStrictEqual(former, file[column]);
    if (file[column].length > 0 && isOther && (ofItsPeer || isLacking))
      changes[column] = toJson(file[column]);
  }
  const before = known.hashes as Record<string, string>;
  const hashes = ofItsPeer ? { ...before, ...file.hashes } : { ...file.hashes, ...before };
  if (Object.entries(hashes).some(([algorithm, value]) => before[algorithm] !== value))
    changes.hashes = hashes;
  if (ofItsPeer) {
    const id = titleId(title);
    if (id !== known.titleId) changes.titleId = id;
    if (file.name !== known.name) changes.name = file.name;
  }
  if (Object.keys(changes).length === 0) return null;
  if (ofItsPeer) changes.describedAt = new Date(describedAt);
  return changes;
}

async function ensureTitle(transaction: Transaction, { title, describedAt }: FileDescription): Promise<void> {
  const id = titleId(title);
  await transaction.title.upsert({
    where: { id },
    create: {
      id,
      ...title,
      sortKey: sortKey(title),
      searchText: searchText(title.name),
      addedAt: new Date(describedAt),
    },
    update: {},
  });
}

/** A file's row refers to its availability, so that the two may come in either order. */
async function ensureAvailability(client: Transaction, catalogId: string): Promise<void> {
  await client.fileAvailability.upsert({
    where: { catalogId },
    create: { catalogId, changedAt: new Date(0) },
    update: {},
  });
}
