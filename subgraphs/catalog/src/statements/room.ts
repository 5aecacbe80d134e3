import { Prisma } from '@giggityflix/prisma';
import { MAX_FILES_PER_TITLE, MAX_FILES_PER_TITLE_AND_NETWORK } from '../store/limits.ts';
import { STATEMENT_MEMORY_MS } from './limits.ts';
import type { Transaction } from './said.ts';

/** A file that wants a place in a title. */
export interface Candidate {
  catalogId: string;
  titleId: string;
  weight: number;
  /** Whose place it takes, see `voiceOf`. */
  voice: string;
  addedAt: number;
}

/** The files of titles in one transaction: which of them have room, and which have some more than before. */
export interface Rooms {
  /** Whether a title has room for a file, see {@link makeRoom}. */
  make(candidate: Candidate): Promise<boolean>;
  /** To be called when a title has lost a file. */
  left(titleId: string): void;
  /** To be called when what decides the age of a title, or what it is found by, is another. */
  touched(titleId: string): void;
  readonly freed: ReadonlySet<string>;
  /** Titles whose ages, or what they are found by, may be others. */
  readonly changed: ReadonlySet<string>;
}

/** {@link Rooms} that ask no title again that was found full: of many files that want one, most go away with nothing. */
export function createRooms(transaction: Transaction): Rooms {
  const full = new Set<string>();
  const freed = new Set<string>();
  const changed = new Set<string>();
  return {
    freed,
    changed,
    touched: (titleId) => void changed.add(titleId),
    left(titleId) {
      freed.add(titleId);
      changed.add(titleId);
      full.clear();
    },
    async make(candidate) {
      const { catalogId, titleId, weight, voice } = candidate;
      changed.add(titleId);
      const key = `${titleId}/${weight}/${voice}`;
      const hasRoom = !full.has(key) && (await makeRoom(transaction, candidate));
      if (hasRoom) await transaction.$executeRaw`DELETE FROM "WaitingFile" WHERE "catalogId" = ${catalogId}`;
      else {
        full.add(key);
        await wait(transaction, candidate);
      }
      return hasRoom;
    },
  };
}

interface Place {
  catalogId: string;
  weight: number | bigint;
  isBeyond: boolean | number;
  voice: string;
  addedAt: Date | string | number | bigint;
}

/**
 * Whether a title has room for one more file. A full one gives up the file that has least to speak for it, if that is less
 * than what speaks for the new one. Of those for which as much speaks, it gives up only one beyond the share of its network,
 * for one of a network that has not had its share: whoever fills a title takes no place of those that came before, and
 * leaves some to those that come later.
 */
async function makeRoom(transaction: Transaction, candidate: Candidate): Promise<boolean> {
  const { titleId, weight, voice } = candidate;
  const [last] = await transaction.$queryRaw<object[]>`SELECT "catalogId" FROM "MediaFile"
    WHERE "titleId" = ${titleId} LIMIT 1 OFFSET ${MAX_FILES_PER_TITLE - 1}`;
  if (!last) return true;
  const places = placesOf(titleId);
  const [own] = await transaction.$queryRaw<{ count: number | bigint }[]>`
    SELECT count(*) AS "count" FROM (${places}) AS place WHERE "voice" = ${voice} AND "weight" >= ${weight}`;
  const hasShare = Number(own?.count ?? 0) >= MAX_FILES_PER_TITLE_AND_NETWORK;
  const [least] = await transaction.$queryRaw<Place[]>`
    SELECT "catalogId", "weight", "voice", "addedAt" FROM (${places}) AS place
    WHERE "weight" < ${weight} ${
      hasShare
        ? Prisma.empty
        : Prisma.sql`OR ("weight" = ${weight} AND "place" > ${MAX_FILES_PER_TITLE_AND_NETWORK} AND "voice" <> ${voice})`
    }
    ORDER BY "weight", "place" DESC, "addedAt" DESC, "catalogId" DESC LIMIT 1`;
  if (!least) return false;
  const { catalogId } = least;
  const { addedAt } = await transaction.mediaFile.delete({ where: { catalogId }, select: { addedAt: true } });
  await wait(transaction, {
    catalogId,
    titleId,
    weight: Number(least.weight),
    voice: least.voice,
    addedAt: addedAt.getTime(),
  });
  return true;
}

/** The files of a title, each with what speaks for it and its place among those of its network, the eldest first. */
function placesOf(titleId: string): Prisma.Sql {
  const longAgo = new Date(Date.now() - STATEMENT_MEMORY_MS);
  const weight = Prisma.sql`CASE
    WHEN m."isProven" AND (a."isAvailable" OR a."changedAt" > ${longAgo} OR m."describedAt" > ${longAgo}) THEN ${Prisma.raw(`${WEIGHTS.proven}`)}
    WHEN m."isProven" THEN ${Prisma.raw(`${WEIGHTS.longGone}`)}
    WHEN a."isAvailable" THEN ${Prisma.raw(`${WEIGHTS.held}`)}
    ELSE ${Prisma.raw(`${WEIGHTS.known}`)} END`;
  const voice = Prisma.sql`CASE WHEN coalesce(p."network", '') <> '' THEN 'network ' || p."network"
    ELSE 'peer ' || m."describedBy" END`;
  return Prisma.sql`SELECT "catalogId", "addedAt", "weight", "voice",
      row_number() OVER (PARTITION BY "voice" ORDER BY "weight" DESC, "addedAt", "catalogId") AS "place"
    FROM (SELECT m."catalogId", m."addedAt", ${weight} AS "weight", ${voice} AS "voice"
      FROM "MediaFile" m JOIN "FileAvailability" a ON a."catalogId" = m."catalogId"
      LEFT JOIN "SharingPeer" p ON p."peerId" = m."describedBy" WHERE m."titleId" = ${titleId}) AS file`;
}

/** A file that was refused, or gave up its place, is tried again when its title has room. */
async function wait(transaction: Transaction, candidate: Candidate): Promise<void> {
  const { catalogId, titleId, weight, voice, addedAt } = candidate;
  const row = { titleId, weight, holder: voice, since: new Date(addedAt) };
  await transaction.waitingFile.upsert({
    where: { catalogId },
    create: { catalogId, ...row },
    update: row,
  });
}

/**
 * What speaks for a file. That nobody has one now that was proven says little for thirty days, in which its peers may come
 * back; after them, it gives way to proven ones that peers have.
 */
const WEIGHTS = { known: 0, held: 1, longGone: 2, proven: 3 } as const;

/** What speaks for a file, as the query above has it for those of a title. */
export function weightOfFile({ isProven, isHeld }: { isProven: boolean; isHeld: boolean }): number {
  if (isProven) return WEIGHTS.proven;
  return isHeld ? WEIGHTS.held : WEIGHTS.known;
}

/** An operator's word makes room where nothing else does. */
export const WEIGHT_OF_CORRECTION = WEIGHTS.proven;
