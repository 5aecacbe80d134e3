import { migrateSqlite, openSqlite } from '../sqlite.ts';
import type { StoredRecord, WireRecord } from './record.ts';

/** Partitions of every topic: how many processes can share one topic's work. Fixed, as order follows from it. */
export const PARTITIONS = 16;

/**
 * `record.id` is both offset and order of commit: SQLite lets one writer in at a time, so a reader that has
 * seen an id will never see a smaller one appear.
 */
const MIGRATIONS = [
  `CREATE TABLE record (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     topic TEXT NOT NULL,
     partition INTEGER NOT NULL,
     key TEXT,
     value BLOB,
     headers TEXT NOT NULL,
     timestamp INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX record_place ON record (topic, partition, id);
   CREATE TABLE member (
     member_id TEXT PRIMARY KEY, expires_at INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE membership (
     group_id TEXT NOT NULL, topic TEXT NOT NULL, member_id TEXT NOT NULL,
     PRIMARY KEY (group_id, topic, member_id)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE lease (
     group_id TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL,
     committed INTEGER NOT NULL, owner TEXT, touched_at INTEGER NOT NULL,
     PRIMARY KEY (group_id, topic, partition)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX lease_topic ON lease (topic, committed);`,
];

export interface Lease {
  topic: string;
  partition: number;
  committed: number;
}

/** One consumer of a group. */
export interface Member {
  groupId: string;
  memberId: string;
  topics: readonly string[];
}

export interface Holdings {
  held: Lease[];
  /** There are partitions for the taking. */
  claimable: boolean;
  /** How many partitions of each topic this member should give up for others. */
  excess: Map<string, number>;
}

export type EmbeddedStore = ReturnType<typeof createEmbeddedStore>;

/** The SQL of the embedded bus: records, and which member of a group holds which partition until when. */
export function createEmbeddedStore(path: string) {
  const db = openSqlite(path);
  migrateSqlite(db, MIGRATIONS);

  const insert = db.prepare(
    'INSERT INTO record (topic, partition, key, value, headers, timestamp) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const last = db.prepare<[], { last: number | null }>(
    "SELECT seq AS last FROM sqlite_sequence WHERE name = 'record'",
  );
  const changed = db.prepare<[number, number], { topic: string; partition: number }>(
    'SELECT DISTINCT topic, partition FROM record WHERE id > ? AND id <= ?',
  );
  const readPlace = db.prepare<[string, number, number, number], Row>(
    'SELECT * FROM record WHERE topic = ? AND partition = ? AND id > ? ORDER BY id LIMIT ?',
  );
  const readTail = db.prepare<[string, number, number], Row>(
    'SELECT * FROM record WHERE topic IN (SELECT value FROM json_each(?)) AND +id > ? ORDER BY id LIMIT ?',
  );
  const addLease = db.prepare(
    'INSERT INTO lease (group_id, topic, partition, committed, owner, touched_at) VALUES (?, ?, ?, ?, NULL, ?) ON CONFLICT DO NOTHING',
  );
  const renewMember = db.prepare('UPDATE member SET expires_at = ? WHERE member_id = ?');
  const addMember = db.prepare('INSERT INTO member (member_id, expires_at) VALUES (?, ?)');
  const addMembership = db.prepare(
    'INSERT INTO membership (group_id, topic, member_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const members = db
    .prepare<[string, string, number], string>(
      `SELECT member_id FROM membership JOIN member USING (member_id)
       WHERE group_id = ? AND topic = ? AND expires_at >= ? ORDER BY member_id`,
    )
    .pluck();
  const leases = db.prepare<[string, string], Lease & { owner: string | null }>(
    'SELECT topic, partition, committed, owner FROM lease WHERE group_id = ? AND topic = ?',
  );
  const own = db.prepare(
    'UPDATE lease SET owner = ?, touched_at = ? WHERE group_id = ? AND topic = ? AND partition = ?',
  );
  const commit = db.prepare(
    `UPDATE lease SET committed = ?, touched_at = ?
     WHERE group_id = ? AND topic = ? AND partition = ? AND owner = ? AND committed < ?`,
  );
  const release = db.prepare(
    'UPDATE lease SET owner = NULL WHERE group_id = ? AND topic = ? AND partition = ? AND owner = ?',
  );
  const releaseAll = db.prepare('UPDATE lease SET owner = NULL WHERE owner = ?');
  const releaseGroup = db.prepare('UPDATE lease SET owner = NULL WHERE group_id = ?');
  const removeGroupMemberships = db.prepare('DELETE FROM membership WHERE group_id = ?');
  const removeMemberships = db.prepare('DELETE FROM membership WHERE member_id = ?');
  const removeMember = db.prepare('DELETE FROM member WHERE member_id = ?');

  const forgetMembers = db.prepare('DELETE FROM member WHERE expires_at < ?');
  const forgetMemberships = db.prepare(
    'DELETE FROM membership WHERE member_id NOT IN (SELECT member_id FROM member)',
  );
  const forgetGroups = db.prepare(
    'DELETE FROM lease WHERE touched_at < ? AND (owner IS NULL OR owner NOT IN (SELECT member_id FROM member))',
  );
  const deleteOld = db.prepare(
    'DELETE FROM record WHERE id IN (SELECT id FROM record ORDER BY id LIMIT ?) AND timestamp < ?',
  );
  const consumedPlaces = db.prepare<[], Lease>(
    'SELECT topic, partition, min(committed) AS committed FROM lease GROUP BY topic, partition',
  );
  const deleteConsumed = db.prepare(
    `DELETE FROM record WHERE id IN (
       SELECT id FROM record WHERE topic = ? AND partition = ? AND id <= ? AND timestamp < ? LIMIT ?
     )`,
  );
  const backlog = db
    .prepare<[string, number, number, number], number>(
      'SELECT count(*) FROM (SELECT 1 FROM record WHERE topic = ? AND partition = ? AND id > ? LIMIT ?)',
    )
    .pluck();

  const lastId = () => last.get()?.last ?? 0;

  return {
    lastId,
    /** Topics and partitions with records in `(after, upTo]`. */
    changed: (after: number, upTo: number) => changed.all(after, upTo),
    readPartition: (topic: string, partition: number, after: number, limit: number) =>
      readPlace.all(topic, partition, after, limit).map(toStored),
    readTopics: (topics: readonly string[], after: number, limit: number) =>
      readTail.all(JSON.stringify(topics), after, limit).map(toStored),

    append: db.transaction((records: readonly WireRecord[]) => {
      const now = Date.now();
      for (const { topic, key, value, headers } of records)
        insert.run(topic, partitionOf(key), key, value, JSON.stringify(headers), now);
    }).immediate,

    /** Enters a group: partitions it never read begin at `from`. */
    join: db.transaction((groupId: string, topics: readonly string[], from: 'earliest' | 'latest') => {
      const start = from === 'earliest' ? 0 : lastId();
      for (const topic of topics)
        for (let partition = 0; partition < PARTITIONS; partition += 1)
          addLease.run(groupId, topic, partition, start, Date.now());
    }).immediate,

    /** Takes everything from the members of a group; they do not come back. */
    evict: db.transaction((groupId: string) => {
      releaseGroup.run(groupId);
      removeGroupMemberships.run(groupId);
    }).immediate,

    /**
     * Says that a member is alive for `leaseMs` more. One small write, as it happens all the time: whether a
     * partition is held follows from whether its owner is alive.
     */
    renew: db.transaction(({ groupId, memberId, topics }: Member, leaseMs: number) => {
      const until = Date.now() + leaseMs;
      if (renewMember.run(until, memberId).changes > 0) return;
      // New, or given up by the others after a long sleep of this machine.
      addMember.run(memberId, until);
      for (const topic of topics) addMembership.run(groupId, topic, memberId);
    }).immediate,

    /** What a member holds, and how far that is from its fair share of each topic. Only reads. */
    holdings: db.transaction(({ groupId, memberId, topics }: Member): Holdings => {
      const now = Date.now();
      const result: Holdings = { held: [], excess: new Map(), claimable: false };
      for (const topic of topics) {
        const alive = members.all(groupId, topic, now);
        const all = leases.all(groupId, topic);
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
        const alive = members.all(groupId, topic, now);
        const all = leases.all(groupId, topic);
        const share = fairShare(alive.indexOf(memberId), alive.length);
        const missing = share - all.filter(({ owner }) => owner === memberId).length;
        for (const { partition } of all
          .filter((lease) => isFree(lease, alive))
          .slice(0, Math.max(0, missing)))
          own.run(memberId, now, groupId, topic, partition);
      }
    }).immediate,

    commit: db.transaction(({ groupId, memberId }: Member, done: readonly Lease[]) => {
      const now = Date.now();
      for (const { topic, partition, committed } of done)
        commit.run(committed, now, groupId, topic, partition, memberId, committed);
    }).immediate,

    release: ({ groupId, memberId }: Member, { topic, partition }: Lease) =>
      release.run(groupId, topic, partition, memberId),

    leave: db.transaction(({ memberId }: Member) => {
      releaseAll.run(memberId);
      removeMemberships.run(memberId);
      removeMember.run(memberId);
    }).immediate,

    /**
     * Deletes at most `limit` records that nobody needs: those every group has consumed and that are older than
     * `consumedBefore`, and any older than `before`. Groups without a member since `before` are forgotten, and
     * members not alive since `consumedBefore`.
     * Returns how many records went. Times are milliseconds since 1970.
     */
    sweep: db.transaction((before: number, consumedBefore: number, limit: number): number => {
      forgetMembers.run(consumedBefore);
      forgetMemberships.run();
      forgetGroups.run(before);
      let deleted = deleteOld.run(limit, before).changes;
      for (const { topic, partition, committed } of consumedPlaces.all()) {
        if (deleted >= limit) break;
        deleted += deleteConsumed.run(topic, partition, committed, consumedBefore, limit - deleted).changes;
      }
      return deleted;
    }).immediate,

    /** Records a group has yet to finish in a partition, counted up to `limit`. */
    backlog: ({ topic, partition, committed }: Lease, limit: number) =>
      backlog.get(topic, partition, committed, limit) ?? 0,

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

interface Row {
  id: number;
  topic: string;
  partition: number;
  key: string | null;
  value: Buffer | null;
  headers: string;
  timestamp: number;
}

function toStored(row: Row): StoredRecord {
  const { id, headers, ...rest } = row;
  return { ...rest, offset: String(id), headers: JSON.parse(headers) };
}
