import { Prisma } from '@giggityflix/prisma';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import type { MediaDetails } from '@giggityflix/proto/media-file';
import { searchText, showKey, sortKey, type TitleFacts, titleId, workId } from '../titles/identity.ts';
import { identityKeys } from '../titles/identity-keys.ts';
import type { Rooms } from './room.ts';
import type { Transaction } from './said.ts';
import { inherit } from './settle-ages.ts';

/** What speaks for the spelling of a title's name, see the models. */
export const NAME_WEIGHTS = { peer: 1, proven: 2, operator: 3 } as const;

/** Spellings of one name are one title. The first stays, until one comes with more to speak for it, or an operator's. */
export async function ensureTitle(
  transaction: Transaction,
  naming: { id: string; title: TitleFacts; addedAt: number; weight: number; force: boolean; rooms: Rooms },
): Promise<void> {
  const { id, title, addedAt, weight, force, rooms } = naming;
  const spelling = {
    name: title.name,
    sortKey: sortKey(title),
    searchText: searchText(title.name),
    nameWeight: weight,
  };
  // In SQL, as it is asked for each file: Prisma takes longer to build the query than the database to answer it.
  const [known] = await transaction.$queryRaw<{ nameWeight: number }[]>`
    SELECT "nameWeight" FROM "Title" WHERE "id" = ${id}`;
  if (known && weight <= known.nameWeight && !force) return;
  await transaction.title.upsert({
    where: { id },
    create: { id, ...title, ...spelling, addedAt: new Date(addedAt) },
    update: spelling,
    select: { id: true },
  });
  rooms.touched(id);
  if (known) return;
  await transaction.$executeRaw`UPDATE "Title" SET "parentId" = ${id} WHERE "extraOfId" = ${id}`;
  if (title.kind === 'EPISODE')
    await transaction.title.updateMany({
      where: { extraOfId: workId(title), parentId: null },
      data: { parentId: id },
    });
}

export async function leaveTitle(transaction: Transaction, id: string, rooms: Rooms): Promise<void> {
  rooms.left(id);
  const [extra] = await transaction.title.findMany({ where: { parentId: id }, take: 1 });
  const title = extra ? await transaction.title.findUnique({ where: { id } }) : null;
  const { count } = await transaction.title.deleteMany({ where: { id, files: { none: {} } } });
  if (count === 0 || !title) return;
  await transaction.$executeRaw`UPDATE "Title" SET "parentId" = NULL, "minimumAge" = "ownAge"
    WHERE "parentId" = ${id}`;
  const other = await anEpisodeOf(transaction, title);
  if (!other) return;
  await transaction.title.updateMany({
    where: { extraOfId: workId(title), parentId: null },
    data: { parentId: other.id },
  });
  await inherit(transaction, Prisma.sql`"parentId" = ${other.id}`);
}

/** The first title of a show that the catalog has. */
async function anEpisodeOf(
  transaction: Transaction,
  { name, year }: Pick<TitleFacts, 'name' | 'year'>,
): Promise<{ id: string } | null> {
  return transaction.title.findFirst({
    where: { kind: 'EPISODE', sortKey: { startsWith: showKey(name) }, year },
    orderBy: [{ sortKey: 'asc' }, { id: 'asc' }],
    select: { id: true },
  });
}

/** Notes which title an extra belongs to. */
export async function linkExtra(
  transaction: Transaction,
  id: string,
  extraOf: MediaDetails['extraOf'],
): Promise<void> {
  const extraOfId = extraOf === null ? null : await titleOfExtra(transaction, extraOf);
  const parent =
    extraOfId === null
      ? null
      : await transaction.title.findUnique({ where: { id: extraOfId }, select: { id: true } });
  const ofShow =
    extraOf?.kind === 'MOVIE' && !parent
      ? await anEpisodeOf(transaction, { name: extraOf.title, year: extraOf.year })
      : null;
  const links = { extraOfId, parentId: (parent ?? ofShow)?.id ?? null };
  await transaction.title.updateMany({ where: { id }, data: links });
}

async function titleOfExtra(
  transaction: Transaction,
  { title: name, externalIds, ...facts }: NonNullable<MediaDetails['extraOf']>,
): Promise<string> {
  const title = { name, ...facts };
  const plain = titleId(title, '' as CatalogId);
  const keys = identityKeys(title, externalIds);
  const claims = await transaction.fileIdentity.findMany({
    where: { key: { in: keys } },
    orderBy: [{ firstAt: 'asc' }, { catalogId: 'asc' }],
    include: { file: { select: { titleId: true } } },
    take: 1,
  });
  return claims[0]?.file.titleId ?? plain;
}

/** Notes the further episodes that a file holds. */
export async function keepEpisodes(
  transaction: Transaction,
  catalogId: CatalogId,
  { title, last }: { title: TitleFacts; last: number | null },
): Promise<void> {
  await transaction.fileEpisode.deleteMany({ where: { catalogId } });
  if (last === null || title.episode === null) return;
  const first = title.episode;
  const further = Array.from({ length: last - first }, (_, n) => ({ ...title, episode: first + n + 1 }));
  await transaction.fileEpisode.createMany({
    data: further.map((facts) => ({ titleId: titleId(facts, catalogId), catalogId })),
  });
}
