import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Prisma } from '@giggityflix/prisma';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import { type FileRow, toJson } from '../store/rows.ts';
import { searchText, sortKey, type TitleFacts, titleId } from '../titles/identity.ts';
import { type Effective, effective } from './effective.ts';
import { canonical, type Facts } from './facts.ts';
import { type Rooms, WEIGHT_OF_CORRECTION, weightOfFile } from './room.ts';
import type { Said, Transaction } from './said.ts';
import { isProven } from './standing.ts';
import { newcomersAmong, voiceOf } from './voices.ts';

export type Correction = TitleFacts & { catalogId: string; correctedAt: Date };
export type FileOutcome = 'unchanged' | 'changed' | 'title_full';

/** Everything of a file that decides what its row is. */
export interface FileInView {
  catalogId: CatalogId;
  said: readonly Said[];
  /** Those of them who are heard. */
  voters: readonly Said[];
  row: FileRow | null;
  correction: Correction | null;
}

/** Whether the row of a file was made of just what would be made into it again. */
export function isSettled({ voters, row, correction }: FileInView): boolean {
  if (voters.length === 0 || row?.digest !== basisOf(voters, correction)) return false;
  const [eldest] = bySeniority(voters);
  const isPlain = !correction && voters.every(({ digest }) => digest === eldest?.digest);
  if (isPlain && row.describedBy !== eldest?.peerId) return false;
  return row.isProven === voters.some(({ standing }) => isProven(standing));
}

/** Makes the row of a file what is said of it. `facts` has the voters' statements by their digests. */
export async function settleFile(
  transaction: Transaction,
  file: FileInView,
  { facts, rooms }: { facts: ReadonlyMap<string, Facts>; rooms: Rooms },
): Promise<FileOutcome> {
  const { voters, correction } = file;
  if (voters.length === 0) return withoutVoters(transaction, file, rooms);
  const statements = voters.flatMap((each) => {
    const known = facts.get(each.digest);
    return known ? [{ ...each, facts: known }] : [];
  });
  const made = effective(statements, correction && factsOfTitle(correction));
  return made ? write(transaction, file, made, rooms) : 'unchanged';
}

/** Whether the digest is that of a statement, and not of a mixture. */
const isPlain = (digest: string, voters: readonly Said[]) => voters.every((voter) => voter.digest === digest);

/** The row stays as it is, but for a correction, and for one that was the word of a peer that failed. */
async function withoutVoters(
  transaction: Transaction,
  { catalogId, said, row, correction }: FileInView,
  rooms: Rooms,
): Promise<FileOutcome> {
  if (!row) return 'unchanged';
  const isFailed = said.some(
    ({ peerId, standing }) => peerId === row.describedBy && standing.kind === 'failed',
  );
  if (correction) return retitle(transaction, row, factsOfTitle(correction), { rooms, by: 'operator' });
  if (!isFailed) return 'unchanged';
  await transaction.mediaFile.deleteMany({ where: { catalogId } });
  await leaveTitle(transaction, row.titleId, rooms);
  return 'changed';
}

async function write(
  transaction: Transaction,
  { catalogId, voters, row, correction }: FileInView,
  made: Effective,
  rooms: Rooms,
): Promise<FileOutcome> {
  const digest = basisOf(voters, correction);
  const { title, file, describedBy, firstAt } = made;
  const id = titleId(title, catalogId);
  const columns = {
    ...file,
    hashes: file.hashes,
    chapters: toJson(file.chapters),
    tracks: toJson(file.tracks),
    sizeBytes: BigInt(file.sizeBytes),
    titleId: id,
    describedBy,
    isProven: made.isProven,
  };
  const moves = row?.titleId !== id;
  const weight = correction ? WEIGHT_OF_CORRECTION : weightOfFile(made);
  const voice = correction ? OPERATOR : made.voice;
  if (moves && !(await rooms.make({ catalogId, titleId: id, weight, voice, addedAt: firstAt })))
    return 'title_full';
  const isNewlyProven = made.isProven && !row?.isProven;
  if (moves || correction || isNewlyProven) {
    const by = made.isProven ? 'proven' : 'peer';
    await ensureTitle(transaction, {
      id,
      title,
      addedAt: firstAt,
      weight: NAME_WEIGHTS[correction ? 'operator' : by],
      force: correction !== null,
    });
  }
  if (row && isSame(row, columns)) {
    if (isPlain(digest, voters))
      await transaction.mediaFile.updateMany({ where: { catalogId }, data: { digest } });
    return 'unchanged';
  }
  const describedAt = new Date(firstAt);
  await transaction.mediaFile.upsert({
    where: { catalogId },
    create: { catalogId, ...columns, digest, describedAt, addedAt: describedAt },
    update: { ...columns, digest, describedAt },
  });
  if (row && moves) await leaveTitle(transaction, row.titleId, rooms);
  return 'changed';
}

/** Gives a file another title. */
export async function retitle(
  transaction: Transaction,
  row: FileRow,
  title: TitleFacts,
  { rooms, by }: { rooms: Rooms; by: keyof typeof NAME_WEIGHTS },
): Promise<FileOutcome> {
  const id = titleId(title, row.catalogId as CatalogId);
  const moves = row.titleId !== id;
  const { catalogId, addedAt } = row;
  const candidate = { catalogId, titleId: id, weight: WEIGHT_OF_CORRECTION, voice: OPERATOR };
  if (moves && !(await rooms.make({ ...candidate, addedAt: addedAt.getTime() }))) return 'title_full';
  await ensureTitle(transaction, {
    id,
    title,
    addedAt: addedAt.getTime(),
    weight: NAME_WEIGHTS[by],
    force: true,
  });
  if (!moves) return 'unchanged';
  await transaction.mediaFile.updateMany({
    where: { catalogId: row.catalogId },
    data: { titleId: id, digest: null },
  });
  await leaveTitle(transaction, row.titleId, rooms);
  return 'changed';
}

/** Whom an operator's corrections speak for. */
const OPERATOR = 'operator';

/** What speaks for the spelling of a title's name, see the models. */
const NAME_WEIGHTS = { peer: 1, proven: 2, operator: 3 } as const;

/** Spellings of one name are one title. The first stays, until one comes with more to speak for it, or an operator's. */
async function ensureTitle(
  transaction: Transaction,
  naming: { id: string; title: TitleFacts; addedAt: number; weight: number; force: boolean },
): Promise<void> {
  const { id, title, addedAt, weight, force } = naming;
  const spelling = {
    name: title.name,
    sortKey: sortKey(title),
    searchText: searchText(title.name),
    nameWeight: weight,
  };
  const known = await transaction.title.findUnique({ where: { id }, select: { nameWeight: true } });
  if (known && weight <= known.nameWeight && !force) return;
  await transaction.title.upsert({
    where: { id },
    create: { id, ...title, ...spelling, addedAt: new Date(addedAt) },
    update: spelling,
  });
}

async function leaveTitle(transaction: Transaction, id: string, rooms: Rooms): Promise<void> {
  rooms.left(id);
  await transaction.title.deleteMany({ where: { id, files: { none: {} } } });
}

function bySeniority(voters: readonly Said[]): Said[] {
  return [...voters].sort(
    (one, other) => one.firstAt - other.firstAt || (one.peerId < other.peerId ? -1 : 1),
  );
}

/** Names the statements that are heard, in the order of their age, what they weigh where they differ, and the correction. */
function basisOf(voters: readonly Said[], correction: Correction | null): string {
  const [first] = voters;
  const isOne = voters.every(({ digest }) => digest === first?.digest);
  if (!correction && isOne) return first?.digest as string;
  const newcomers = newcomersAmong(voters);
  const said = bySeniority(voters).map((voter) => [
    voter.digest,
    voter.peerId,
    voiceOf(voter),
    newcomers.has(voter.peerId),
  ]);
  const all = canonical([said, correction && factsOfTitle(correction)]);
  return createHash('sha256').update(all).digest('base64url').slice(0, 22);
}

export function factsOfTitle({ name, year, kind, season, episode }: TitleFacts): TitleFacts {
  return { name, year, kind, season, episode };
}

function isSame(
  row: FileRow,
  columns: Omit<Prisma.MediaFileUncheckedCreateInput, 'catalogId' | 'addedAt' | 'describedAt'>,
) {
  return Object.entries(columns).every(([column, value]) => {
    const known = row[column as keyof FileRow];
    return isDeepStrictEqual(known ?? null, value ?? null) || isEmptyList(known, value);
  });
}

/** Rows of before lists were kept have none. */
function isEmptyList(known: unknown, value: unknown): boolean {
  return known === null && Array.isArray(value) && value.length === 0;
}
