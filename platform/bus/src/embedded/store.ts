import { migrateSqlite, openSqlite } from '@giggityflix/state';
import type { StoredRecord, WireRecord } from '../record.ts';
import { type Lease, MIGRATIONS, prepareStatements, type Row } from './statements.ts';

export type { Lease };

/** Partitions of every topic: how many processes can share one topic's work. Fixed, as order follows from it. */
export const PARTITIONS = 16;

/** One consumer of a group. */
export interface Member {
  groupId: string;
  memberId: string;
  topics: readonly string[];
}

export interface Holdings {
  held: Lease[];
  /** There are free partitions. */
  claimable: boolean;
  /** How many partitions of each topic this member should release for others. */
  excess: Map<string, number>;
}

export type EmbeddedStore = ReturnType<typeof createEmbeddedStore>;

/** The SQL of the embedded bus: records, and which member of a group holds which partition until when. */
export function createEmbeddedStore(path: string) {
  const db = openSqlite(path);
  migrateSqlite(db, MIGRATIONS);

  const sql = prepareStatements(db);
  const lastId = () => sql.last.get()?.last ?? 0;

  return {
    lastId,
    /** Topics and partitions with records in `(after, upTo]`. */
    changed: (after: number, upTo: number) => sql.changed.all(after, upTo),
    readPartition: (topic: string, partition: number, after: number, limit: number) =>
      sql.readPlace.all(topic, partition, after, limit).map(toStored),
    readTopics: (topics: readonly string[], after: number, limit: number) =>
      sql.readTail.all(JSON.stringify(topics), after, limit).map(toStored),

    append: db.transaction((records: readonly WireRecord[]) => {
      const now = Date.now();
      for (const { topic, key, value, headers } of records)
        sql.insert.run(topic, partitionOf(key), key, value, JSON.stringify(headers), now);
    }).immediate,

    /** Enters a group: partitions it never read begin at `from`. */
    join: db.transaction((groupId: string, topics: readonly string[], from: 'earliest' | 'latest') => {
      const start = from === 'earliest' ? 0 : lastId();
      for (const topic of topics)
        for (let partition = 0; partition < PARTITIONS; partition += 1)
          sql.addLease.run(groupId, topic, partition, start, Date.now());
    }).immediate,

    /** Releases all partitions of a group and removes its members. */
    evict: db.transaction((groupId: string) => {
      sql.releaseGroup.run(groupId);
      sql.removeGroupMemberships.run(groupId);
    }).immediate,

    /**
     * Records that a member is alive for `leaseMs` more. One small write, as it happens often: whether a
     * partition is held follows from whether its owner is alive.
     */
    renew: db.transaction(({ groupId, memberId, topics }: Member, leaseMs: number) => {
      const until = Date.now() + leaseMs;
      if (sql.renewMember.run(until, memberId).changes > 0) return;
      // New, or considered lost by the others after this machine slept for long.
      sql.addMember.run(memberId, until);
      for (const topic of topics) sql.addMembership.run(groupId, topic, memberId);
    }).immediate,

    /** What a member holds, and how far that is from its fair share of each topic. Only reads. */
    holdings: db.transaction(({ groupId, memberId, topics }: Member): Holdings => {
      const now = Date.now();
      const result: Holdings = { held: [], excess: new Map(), claimable: false };
      for (const topic of topics) {
        const alive = sql.members.all(groupId, topic, now);
        const all = sql.leases.all(groupId, topic);
        const mine = all.filter(({ owner }) => owner === memberId);
        for (const { partition, committed } of mine) result.held.push({ topic, partition, committed });
        const share = fairShare(alive.indexOf(memberId), alive.length);
        if (mine.length > share) result.excess.set(topic, mine.length - share);
        if (mine.length < share && all.some((lease) => isFree(lease, alive))) result.claimable = true;
      }
      return result;
    }),

    /** Takes free partitions, and those of members no longer alive, up to the member's fair share. */
    claim: db.transaction(({ groupId, memberId, topics }: Member) => {
      const now = Date.now();
      for (const topic of topics) {
        const alive = sql.members.all(groupId, topic, now);
        const all = sql.leases.all(groupId, topic);
        const share = fairShare(alive.indexOf(memberId), alive.length);
        const missing = share - all.filter(({ owner }) => owner === memberId).length;
        for (const { partition } of all
          .filter((lease) => isFree(lease, alive))
          .slice(0, Math.max(0, missing)))
          sql.own.run(memberId, now, groupId, topic, partition);
      }
    }).immediate,

    commit: db.transaction(({ groupId, memberId }: Member, done: readonly Lease[]) => {
      const now = Date.now();
      for (const { topic, partition, committed } of done)
        sql.commit.run(committed, now, groupId, topic, partition, memberId, committed);
    }).immediate,

    release: ({ groupId, memberId }: Member, { topic, partition }: Lease) =>
      sql.release.run(groupId, topic, partition, memberId),

    leave: db.transaction(({ memberId }: Member) => {
      sql.releaseAll.run(memberId);
      sql.removeMemberships.run(memberId);
      sql.removeMember.run(memberId);
    }).immediate,

    /**
     * Deletes at most `limit` records that are no longer needed: those every group has consumed and that are older than
     * `consumedBefore`, and any older than `before`. Groups without a member since `before` are deleted, and
     * members not alive since `consumedBefore`.
     * Returns how many records were deleted. Times are milliseconds since 1970.
     */
    sweep: db.transaction((before: number, consumedBefore: number, limit: number): number => {
      sql.forgetMembers.run(consumedBefore);
      sql.forgetMemberships.run();
      sql.forgetGroups.run(before);
      let deleted = sql.deleteOld.run(limit, before).changes;
      for (const { topic, partition, committed } of sql.consumedPlaces.all()) {
        if (deleted >= limit) break;
        const left = limit - deleted;
        deleted += sql.deleteConsumed.run(topic, partition, committed, consumedBefore, left).changes;
      }
      return deleted;
    }).immediate,

    /** Records a group has yet to finish in a partition, counted up to `limit`. */
    backlog: ({ topic, partition, committed }: Lease, limit: number) =>
      sql.backlog.get(topic, partition, committed, limit) ?? 0,

    close: () => db.close(),
  };
}

function isFree({ owner }: { owner: string | null }, alive: readonly string[]): boolean {
  return owner === null || !alive.includes(owner);
}

/** Partitions of member `index` of `count`; the first ones take what does not divide. */
function fairShare(index: number, count: number): number {
  if (index < 0) return 0;
  return Math.floor(PARTITIONS / count) + (index < PARTITIONS % count ? 1 : 0);
}

/** Records without a key share a partition and so keep the order of their publication. */
export function partitionOf(key: string | null): number {
  if (key === null) return 0;
  // FNV-1a, whose high bits are folded in because only the lowest few choose.
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1)
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return ((hash ^ (hash >>> 16)) >>> 0) % PARTITIONS;
}

function toStored(row: Row): StoredRecord {
  const { id, headers, ...rest } = row;
  return { ...rest, offset: String(id), headers: JSON.parse(headers) };
}
