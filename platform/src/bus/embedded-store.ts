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
     group_id TEXT NOT NULL, topic TEXT NOT NULL, member_id TEXT NOT NULL, expires_at INTEGER NOT NULL,
     PRIMARY KEY (group_id, topic, member_id)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE lease (
     group_id TEXT NOT NULL, topic TEXT NOT NULL, partition INTEGER NOT NULL,
     committed INTEGER NOT NULL, owner TEXT, expires_at INTEGER NOT NULL,
     PRIMARY KEY (group_id, topic, partition)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX lease_topic ON lease (topic, committed);`,
];

export interface Lease {
  topic: string;
  partition: number;
  committed: number;
}

export interface Holdings {
  held: Lease[];
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
    'INSERT INTO lease (group_id, topic, partition, committed, owner, expires_at) VALUES (?, ?, ?, ?, NULL, ?) ON CONFLICT DO NOTHING',
  );
  const renewMember = db.prepare(
    `INSERT INTO member (group_id, topic, member_id, expires_at) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET expires_at = excluded.expires_at`,
  );
  const forgetMembers = db.prepare('DELETE FROM member WHERE group_id = ? AND topic = ? AND expires_at < ?');
  const members = db
    .prepare<[string, string], string>(
      'SELECT member_id FROM member WHERE group_id = ? AND topic = ? ORDER BY member_id',
    )
    .pluck();
  const renewLeases = db.prepare(
    'UPDATE lease SET expires_at = ? WHERE group_id = ? AND topic = ? AND owner = ?',
  );
  const held = db.prepare<[string, string, string], Lease>(
    'SELECT topic, partition, committed FROM lease WHERE group_id = ? AND topic = ? AND owner = ?',
  );
  const claim = db.prepare<[string, number, string, string, string, string, number, number], Lease>(
    `UPDATE lease SET owner = ?, expires_at = ? WHERE group_id = ? AND topic = ? AND partition IN (
       SELECT partition FROM lease WHERE group_id = ? AND topic = ? AND (owner IS NULL OR expires_at < ?) LIMIT ?
     ) RETURNING topic, partition, committed`,
  );
  const commit = db.prepare(
    'UPDATE lease SET committed = ? WHERE group_id = ? AND topic = ? AND partition = ? AND owner = ? AND committed < ?',
  );
  const release = db.prepare(
    'UPDATE lease SET owner = NULL WHERE group_id = ? AND topic = ? AND partition = ? AND owner = ?',
  );
  const removeMember = db.prepare('DELETE FROM member WHERE group_id = ? AND topic = ? AND member_id = ?');

  const forgetGroups = db.prepare('DELETE FROM lease WHERE expires_at < ?');
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

    /**
     * Renews a member's leases and claims its fair share of what is free or expired. A member whose leases
     * were taken meanwhile learns it from their absence in `held`.
     */
    balance: db.transaction(
      (groupId: string, memberId: string, topics: readonly string[], leaseMs: number): Holdings => {
        const now = Date.now();
        const holdings: Holdings = { held: [], excess: new Map() };
        for (const topic of topics) {
          renewMember.run(groupId, topic, memberId, now + leaseMs);
          forgetMembers.run(groupId, topic, now);
          renewLeases.run(now + leaseMs, groupId, topic, memberId);
          const present = members.all(groupId, topic);
          const mine = held.all(groupId, topic, memberId);
          const share = fairShare(present.indexOf(memberId), present.length);
          if (mine.length < share)
            mine.push(
              ...claim.all(memberId, now + leaseMs, groupId, topic, groupId, topic, now, share - mine.length),
            );
          holdings.held.push(...mine);
          if (mine.length > share) holdings.excess.set(topic, mine.length - share);
        }
        return holdings;
      },
    ).immediate,

    /** Keeps what a member holds while its last handlers finish. */
    renew: db.transaction((groupId: string, memberId: string, topics: readonly string[], leaseMs: number) => {
      const until = Date.now() + leaseMs;
      for (const topic of topics) {
        renewMember.run(groupId, topic, memberId, until);
        renewLeases.run(until, groupId, topic, memberId);
      }
    }).immediate,

    commit: db.transaction((groupId: string, memberId: string, leases: readonly Lease[]) => {
      for (const { topic, partition, committed } of leases)
        commit.run(committed, groupId, topic, partition, memberId, committed);
    }).immediate,

    release: (groupId: string, memberId: string, { topic, partition }: Lease) =>
      release.run(groupId, topic, partition, memberId),

    leave: db.transaction((groupId: string, memberId: string, topics: readonly string[]) => {
      for (const topic of topics) {
        removeMember.run(groupId, topic, memberId);
        for (const lease of held.all(groupId, topic, memberId))
          release.run(groupId, topic, lease.partition, memberId);
      }
    }).immediate,

    /**
     * Deletes at most `limit` records that nobody needs: those every group has consumed and that are older than
     * `consumedBefore`, and any older than `before`. Groups without a member since `before` are forgotten.
     * Returns how many records went. Times are milliseconds since 1970.
     */
    sweep: db.transaction((before: number, consumedBefore: number, limit: number): number => {
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

/** Partitions of member `index` of `count`; the first ones take what does not divide. */
function fairShare(index: number, count: number): number {
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
