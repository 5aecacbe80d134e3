import { isDeepStrictEqual } from 'node:util';
import type { Prisma, PrismaClient } from '@giggityflix/prisma';
import { searchText, sortKey, titleId } from '../titles/identity.ts';
import { MAX_FILES_PER_TITLE } from './limits.ts';
import { type FileRow, fromDescription, toJson } from './rows.ts';
import type { FileDescription, Taken } from './store.ts';

type Transaction = Prisma.TransactionClient;

/** Takes in a description, see {@link CatalogStore.describe}. */
export async function describe(client: PrismaClient, description: FileDescription): Promise<Taken> {
  const { catalogId } = description.file;
  const known = await client.mediaFile.findUnique({ where: { catalogId } });
  if (known && changesTo(known, description) === null) return 'taken';
  return client.$transaction(async (transaction) => {
    const current = await transaction.mediaFile.findUnique({ where: { catalogId } });
    const changes = current && changesTo(current, description);
    if (current && changes === null) return 'taken';
    const joinsTitle = !current || changes?.titleId !== undefined;
    if (joinsTitle && (await isFull(transaction, titleId(description.title)))) return 'title_full';
    if (!current || !changes) return create(transaction, description);
    if (changes.titleId !== undefined) await ensureTitle(transaction, description);
    await transaction.mediaFile.update({ where: { catalogId }, data: changes });
    if (changes.titleId !== undefined)
      await transaction.title.deleteMany({ where: { id: current.titleId, files: { none: {} } } });
    return 'taken';
  });
}

async function create(transaction: Transaction, description: FileDescription): Promise<Taken> {
  await ensureAvailability(transaction, description.file.catalogId);
  await ensureTitle(transaction, description);
  await transaction.mediaFile.create({ data: fromDescription(description) });
  return 'taken';
}

async function isFull(transaction: Transaction, id: string): Promise<boolean> {
  const files = await transaction.mediaFile.findMany({
    where: { titleId: id },
    select: { catalogId: true },
    take: MAX_FILES_PER_TITLE,
  });
  return files.length === MAX_FILES_PER_TITLE;
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
export async function ensureAvailability(client: Transaction, catalogId: string): Promise<void> {
  await client.fileAvailability.upsert({
    where: { catalogId },
    create: { catalogId, changedAt: new Date(0) },
    update: {},
  });
}
