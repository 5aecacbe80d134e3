import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Prisma } from '@giggityflix/prisma';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import { mediaDetails, NO_DETAILS } from '@giggityflix/proto/media-file';
import { AGE_RULES } from '../ages/boards.ts';
import { leastAge } from '../ages/certification.ts';
import { titleKind } from '../store/readable.ts';
import { type FileRow, toJson, toJsonObject } from '../store/rows.ts';
import { type TitleFacts, titleId } from '../titles/identity.ts';
import { type Effective, effective } from './effective.ts';
import { canonical, type Facts } from './facts.ts';
import { affectedBy, claimsOf, keepClaims, resolveTitle } from './identities.ts';
import { type Rooms, WEIGHT_OF_CORRECTION, weightOfFile } from './room.ts';
import type { Said, Transaction } from './said.ts';
import { isProven } from './standing.ts';
import { ensureTitle, keepEpisodes, leaveTitle, linkExtra, NAME_WEIGHTS } from './title-rows.ts';
import { newcomersAmong, voiceOf } from './voices.ts';

export type Correction = TitleFacts & { catalogId: string; certification: string | null; correctedAt: Date };
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
  if (row.ageRules !== AGE_RULES) return false;
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
  const ages = agesWithoutVoters(row, correction);
  if (!isSame(row, ages)) {
    await transaction.mediaFile.updateMany({ where: { catalogId }, data: ages });
    rooms.touched(row.titleId);
  }
  const isFailed = said.some(
    ({ peerId, standing }) => peerId === row.describedBy && standing.kind === 'failed',
  );
  if (correction) return retitle(transaction, row, factsOfTitle(correction), { rooms, by: 'operator' });
  if (!isFailed) return 'unchanged';
  const claims = await transaction.fileIdentity.findMany({ where: { catalogId } });
  await transaction.mediaFile.deleteMany({ where: { catalogId } });
  await leaveTitle(transaction, row.titleId, rooms);
  await retitleAll(transaction, await affectedBy(transaction, catalogId, claims), rooms);
  return 'changed';
}

/** Of a file of which nobody is heard the age stays what it was, but for a correction, and for other rules. */
function agesWithoutVoters(row: FileRow, correction: Correction | null) {
  const details = mediaDetails.safeParse(row.details);
  return {
    statedAge: row.ageRules === AGE_RULES ? row.statedAge : leastAge(details.data?.certification),
    correctedAge: leastAge(correction?.certification),
    ageRules: AGE_RULES,
  };
}

async function write(
  transaction: Transaction,
  { catalogId, voters, row, correction }: FileInView,
  made: Effective,
  rooms: Rooms,
): Promise<FileOutcome> {
  const digest = basisOf(voters, correction);
  const { file, describedBy, firstAt } = made;
  const certification = correction?.certification ?? null;
  const details = certification ? { ...(made.details ?? NO_DETAILS), certification } : made.details;
  const claims = correction ? [] : claimsOf({ ...made, catalogId, ids: details?.externalIds ?? [] });
  const { id, title } =
    claims.length > 0
      ? await resolveTitle(transaction, made.title, claims)
      : { id: titleId(made.title, catalogId), title: made.title };
  const lastEpisode = details?.lastEpisode ?? null;
  const columns = {
    ...file,
    hashes: file.hashes,
    chapters: toJson(file.chapters),
    markers: toJson(file.markers ?? []),
    tracks: toJson(file.tracks),
    details: details && toJsonObject(details),
    lastEpisode,
    sizeBytes: BigInt(file.sizeBytes),
    titleId: id,
    describedBy,
    isProven: made.isProven,
    statedAge: made.statedAge,
    correctedAge: leastAge(certification),
    ageRules: AGE_RULES,
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
      rooms,
    });
  }
  const hasClaims = claims.length > 0 || row?.details != null;
  if (row && isSame(row, columns)) {
    if (isPlain(digest, voters))
      await transaction.mediaFile.updateMany({ where: { catalogId }, data: { digest } });
    if (hasClaims) await keepIdentity(transaction, catalogId, { claims, rooms });
    return 'unchanged';
  }
  rooms.touched(id);
  const describedAt = new Date(firstAt);
  const data = { ...columns, details: columns.details ?? Prisma.DbNull, digest, describedAt };
  await transaction.mediaFile.upsert({
    where: { catalogId },
    create: { catalogId, ...data, addedAt: describedAt },
    update: data,
    select: { catalogId: true },
  });
  if (lastEpisode !== null || row?.lastEpisode != null)
    await keepEpisodes(transaction, catalogId, { title, last: lastEpisode });
  if (details?.extraOf || row?.details != null) await linkExtra(transaction, id, details?.extraOf ?? null);
  if (row && moves) await leaveTitle(transaction, row.titleId, rooms);
  if (hasClaims) await keepIdentity(transaction, catalogId, { claims, rooms });
  return 'changed';
}

async function keepIdentity(
  transaction: Transaction,
  catalogId: CatalogId,
  { claims, rooms }: { claims: ReturnType<typeof claimsOf>; rooms: Rooms },
): Promise<void> {
  await retitleAll(transaction, await keepClaims(transaction, catalogId, claims), rooms);
}

/** Gives files the titles that their ids give them now; one for which there is no room stays where it is. */
async function retitleAll(
  transaction: Transaction,
  catalogIds: readonly CatalogId[],
  rooms: Rooms,
): Promise<void> {
  for (const catalogId of catalogIds) {
    const row = await transaction.mediaFile.findUnique({
      where: { catalogId },
      include: { title: true, identities: true },
    });
    if (!row) continue;
    const { title: former, identities, ...file } = row;
    const [said] = identities;
    const kind = titleKind.safeParse(former.kind);
    if (!said || !kind.success) continue;
    if (await transaction.titleCorrection.findUnique({ where: { catalogId } })) continue;
    const named = { ...factsOfTitle({ ...former, kind: kind.data }), name: said.name, year: said.year };
    const { id, title } = await resolveTitle(transaction, named, identities);
    if (id === file.titleId) continue;
    const by = file.isProven ? 'proven' : 'peer';
    const weight = weightOfFile({ isProven: file.isProven, isHeld: true });
    const voice = voiceOf({ peerId: said.peerId, network: said.network || null });
    await retitle(transaction, file, title, { id, rooms, by, weight, voice, isForced: false });
    if (file.lastEpisode !== null)
      await keepEpisodes(transaction, catalogId, { title, last: file.lastEpisode });
  }
}

interface Retitling {
  id?: string;
  rooms: Rooms;
  by: keyof typeof NAME_WEIGHTS;
  /** What speaks for the file; an operator's correction where nothing is given. */
  weight?: number;
  voice?: string;
  /** Whether the title takes this spelling whatever speaks for the one it has. */
  isForced?: boolean;
}

/** Gives a file another title. */
export async function retitle(
  transaction: Transaction,
  row: FileRow,
  title: TitleFacts,
  {
    id = titleId(title, row.catalogId as CatalogId),
    rooms,
    by,
    weight = WEIGHT_OF_CORRECTION,
    voice = OPERATOR,
    isForced = true,
  }: Retitling,
): Promise<FileOutcome> {
  const moves = row.titleId !== id;
  const { catalogId, addedAt } = row;
  const candidate = { catalogId, titleId: id, weight, voice };
  if (moves && !(await rooms.make({ ...candidate, addedAt: addedAt.getTime() }))) return 'title_full';
  await ensureTitle(transaction, {
    id,
    title,
    addedAt: addedAt.getTime(),
    weight: NAME_WEIGHTS[by],
    force: isForced,
    rooms,
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
  const certification = correction?.certification ?? null;
  const corrected = correction && {
    ...factsOfTitle(correction),
    ...(certification !== null && { certification }),
  };
  const all = canonical([said, corrected]);
  return createHash('sha256').update(all).digest('base64url').slice(0, 22);
}

export function factsOfTitle({ name, year, kind, season, episode }: TitleFacts): TitleFacts {
  return { name, year, kind, season, episode };
}

function isSame(
  row: FileRow,
  columns: Partial<
    Omit<Prisma.MediaFileUncheckedCreateInput, 'catalogId' | 'addedAt' | 'describedAt' | 'details'>
  >,
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
