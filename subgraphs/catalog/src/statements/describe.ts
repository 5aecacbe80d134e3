import type { Database, Prisma } from '@giggityflix/prisma';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import { ensureAvailability } from '../store/availability.ts';
import { toJsonObject } from '../store/rows.ts';
import { bounded, digestOf, type Facts } from './facts.ts';
import { MAX_STATEMENTS_PER_FILE } from './limits.ts';
import { createPeerRoom, type PeerRoom } from './peer-room.ts';
import { placeFor } from './place.ts';
import { createRooms } from './room.ts';
import { type Said, saidOf, type Transaction } from './said.ts';
import { inTransaction, settle, settleWaiting, settleWithin } from './settle.ts';
import type { Description, Outcome, Refusal } from './statements.ts';

/** Descriptions of one transaction: what it costs is mostly its own. */
const AT_ONCE = 32;

interface Waiting {
  description: Description;
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
}

/** A description as it is kept. */
interface Statement {
  catalogId: CatalogId;
  peerId: string;
  at: bigint;
  digest: string;
  folder: string;
  facts: Facts;
}

/**
 * Takes in what peers say of files: those descriptions that come while others are written, in one transaction. One of
 * which the transaction fails is tried alone.
 */
export function createDescribe(
  database: Database,
  maxPerPeer: number,
): (description: Description) => Promise<Outcome> {
  const room = createPeerRoom('statements', maxPerPeer);
  let waiting: Waiting[] = [];
  let isWriting = false;

  /** Of several descriptions of one file the first; the others are next. */
  function takeBatch(): Waiting[] {
    const batch = new Map<CatalogId, Waiting>();
    const rest: Waiting[] = [];
    for (const one of waiting) {
      const { catalogId } = one.description;
      if (batch.size < AT_ONCE && !batch.has(catalogId)) batch.set(catalogId, one);
      else rest.push(one);
    }
    waiting = rest;
    // Sorted, so that the transactions of two instances lock rows in the same order.
    return [...batch.values()].sort((a, b) => (a.description.catalogId < b.description.catalogId ? -1 : 1));
  }

  async function write(batch: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await describeAll(
        database,
        batch.map(({ description }) => description),
        room,
      );
      for (const [index, { resolve }] of batch.entries()) resolve(outcomes[index]!);
    } catch (error) {
      if (batch.length === 1) batch[0]!.reject(error);
      else for (const one of batch) await write([one]);
    }
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) await write(takeBatch());
    isWriting = false;
  }

  return (description) =>
    new Promise((resolve, reject) => {
      waiting.push({ description, resolve, reject });
      if (isWriting) return;
      isWriting = true;
      // What is handed over in the same turn is written together.
      setImmediate(() => void run());
    });
}

const SELECT = {
  catalogId: true,
  peerId: true,
  digest: true,
  folder: true,
  firstAt: true,
  describedAt: true,
  isSettled: true,
} as const;
type Known = Prisma.FileStatementGetPayload<{ select: typeof SELECT }>;

/** Takes in descriptions of different files, in one transaction but for those that say nothing new. */
async function describeAll(
  database: Database,
  descriptions: readonly Description[],
  room: PeerRoom,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = descriptions.map(() => ({ kind: 'taken', settled: [], titleFull: [] }));
  const stated = new Map<CatalogId, { index: number; statement: Statement }>();
  for (const [index, { catalogId, peerId, at, folder = '', ...said }] of descriptions.entries()) {
    const facts = bounded(said.facts);
    if (!facts) outcomes[index] = { kind: 'refused', reason: 'too_long' };
    else {
      const statement = { catalogId, peerId, at: BigInt(at), digest: digestOf(facts), folder, facts };
      stated.set(catalogId, { index, statement });
    }
  }
  const before = await knownOf(database.client, stated.values());
  for (const [catalogId, { statement }] of stated) {
    const known = before.get(catalogId);
    const isSame = known?.digest === statement.digest && known.folder === statement.folder;
    if (!known?.isSettled || !isSame || known.firstAt > statement.at) continue;
    stated.delete(catalogId);
    if (known.describedAt < statement.at)
      await database.client.fileStatement.update({
        where: keyOf(statement),
        data: { describedAt: statement.at },
        select: { peerId: true },
      });
  }
  if (stated.size === 0) return outcomes;
  const isExclusive = database.provider === 'sqlite';
  let freed: ReadonlySet<string> = new Set();
  let full: CatalogId[] = [];
  const kept = await inTransaction(database, async (transaction) => {
    const refusals = await store(transaction, [...stated.values()], room);
    for (const [index, reason] of refusals) outcomes[index] = { kind: 'refused', reason };
    const taken = [...stated.values()].filter(({ index }) => !refusals.has(index));
    const ids = taken.map(({ statement }) => statement.catalogId).sort();
    if (!isExclusive || ids.length === 0) return taken;
    const rooms = createRooms(transaction);
    full = await settleWithin(transaction, database, ids, rooms);
    freed = rooms.freed;
    return taken;
  });
  await settleWaiting(database, freed);
  // PostgreSQL shows transactions what others committed, so there what was written is settled in one that begins after it.
  if (!isExclusive)
    full = (
      await settle(
        database,
        kept.map(({ statement }) => statement.catalogId),
      )
    ).titleFull;
  const isFull = new Set(full);
  for (const { index, statement } of kept) {
    const { catalogId } = statement;
    outcomes[index] = {
      kind: 'taken',
      settled: [catalogId],
      titleFull: isFull.has(catalogId) ? [catalogId] : [],
    };
  }
  return outcomes;
}

type Stated = Iterable<{ index: number; statement: Statement }>;

const keyOf = ({ catalogId, peerId }: Statement) => ({ catalogId_peerId: { catalogId, peerId } });

/** What the same peers said of the same files before. */
async function knownOf(client: Transaction, stated: Stated): Promise<Map<string, Known>> {
  const statements = [...stated].map(({ statement }) => statement);
  if (statements.length === 0) return new Map();
  const rows = await client.fileStatement.findMany({
    where: {
      catalogId: { in: statements.map(({ catalogId }) => catalogId) },
      peerId: { in: [...new Set(statements.map(({ peerId }) => peerId))] },
    },
    select: SELECT,
  });
  const peers = new Map<string, string>(statements.map(({ catalogId, peerId }) => [catalogId, peerId]));
  return new Map(
    rows
      .filter(({ catalogId, peerId }) => peers.get(catalogId) === peerId)
      .map((row) => [row.catalogId, row]),
  );
}

/** Writes statements; returns why some were not written, by their index. */
async function store(
  transaction: Transaction,
  stated: readonly { index: number; statement: Statement }[],
  room: PeerRoom,
): Promise<Map<number, Refusal>> {
  const refusals = new Map<number, Refusal>();
  const current = await knownOf(transaction, stated);
  const fresh = stated.filter(({ statement }) => !current.has(statement.catalogId));
  await ensureAvailability(
    transaction,
    fresh.map(({ statement }) => statement.catalogId),
  );
  const said = Map.groupBy(
    await saidOf(
      transaction,
      'FileStatement',
      fresh.map(({ statement }) => statement.catalogId),
    ),
    ({ catalogId }) => catalogId,
  );
  const rows: Prisma.FileStatementCreateManyInput[] = [];
  for (const { index, statement } of stated) {
    const { catalogId, peerId, at, digest, folder, facts } = statement;
    const words = { digest, folder, facts: toJsonObject(facts), describedAt: at };
    const known = current.get(catalogId);
    if (known) {
      const firstAt = at < known.firstAt ? at : known.firstAt;
      await transaction.fileStatement.update({
        where: keyOf(statement),
        data: { firstAt, isSettled: false, ...(known.describedAt <= at && words) },
        select: { peerId: true },
      });
    } else if (!(await room.make(transaction, peerId))) refusals.set(index, 'peer_limit');
    else if (!(await roomAtFile(transaction, statement, said.get(catalogId) ?? [])))
      refusals.set(index, 'file_limit');
    else rows.push({ catalogId, peerId, firstAt: at, ...words });
  }
  if (rows.length > 0) await transaction.fileStatement.createMany({ data: rows });
  return refusals;
}

/** A file of which enough peers say something gives up what one of them says, see {@link placeFor}. */
async function roomAtFile(
  transaction: Transaction,
  { catalogId, peerId }: Statement,
  said: readonly Said[],
): Promise<boolean> {
  if (said.length < MAX_STATEMENTS_PER_FILE) return true;
  const given = await placeFor({ peerId, catalogId }, said, transaction);
  if (!given) return false;
  await transaction.fileStatement.delete({
    where: { catalogId_peerId: { catalogId, peerId: given.peerId } },
    select: { peerId: true },
  });
  return true;
}
