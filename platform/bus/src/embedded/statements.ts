import type { SqliteDatabase } from '@giggityflix/state';

/**
 * `record.id` is both offset and order of commit: SQLite lets one writer in at a time, so a reader that has
 * seen an id will never see a smaller one appear.
 */
export const MIGRATIONS = [
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

/** A partition a member of a group may hold, and the last record that is done in it. */
export interface Lease {
  topic: string;
  partition: number;
  committed: number;
}

/** A record as the file keeps it. */
export interface Row {
  id: number;
  topic: string;
  partition: number;
  key: string | null;
  value: Buffer | null;
  headers: string;
  timestamp: number;
}

/** The statements of the embedded bus, prepared once for each connection. */
export function prepareStatements(db: SqliteDatabase) {
  return {
    insert: db.prepare(
      'INSERT INTO record (topic, partition, key, value, headers, timestamp) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    last: db.prepare<[], { last: number | null }>(
      "SELECT seq AS last FROM sqlite_sequence WHERE name = 'record'",
    ),
    changed: db.prepare<[number, number], { topic: string; partition: number }>(
      'SELECT DISTINCT topic, partition FROM record WHERE id > ? AND id <= ?',
    ),
    readPlace: db.prepare<[string, number, number, number], Row>(
      'SELECT * FROM record WHERE topic = ? AND partition = ? AND id > ? ORDER BY id LIMIT ?',
    ),
    readTail: db.prepare<[string, number, number], Row>(
      'SELECT * FROM record WHERE topic IN (SELECT value FROM json_each(?)) AND +id > ? ORDER BY id LIMIT ?',
    ),
    addLease: db.prepare(
      'INSERT INTO lease (group_id, topic, partition, committed, owner, touched_at) VALUES (?, ?, ?, ?, NULL, ?) ON CONFLICT DO NOTHING',
    ),
    renewMember: db.prepare('UPDATE member SET expires_at = ? WHERE member_id = ?'),
    addMember: db.prepare('INSERT INTO member (member_id, expires_at) VALUES (?, ?)'),
    addMembership: db.prepare(
      'INSERT INTO membership (group_id, topic, member_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    ),
    members: db
      .prepare<[string, string, number], string>(
        `SELECT member_id FROM membership JOIN member USING (member_id)
         WHERE group_id = ? AND topic = ? AND expires_at >= ? ORDER BY member_id`,
      )
      .pluck(),
    leases: db.prepare<[string, string], Lease & { owner: string | null }>(
      'SELECT topic, partition, committed, owner FROM lease WHERE group_id = ? AND topic = ?',
    ),
    own: db.prepare(
      'UPDATE lease SET owner = ?, touched_at = ? WHERE group_id = ? AND topic = ? AND partition = ?',
    ),
    commit: db.prepare(
      `UPDATE lease SET committed = ?, touched_at = ?
       WHERE group_id = ? AND topic = ? AND partition = ? AND owner = ? AND committed < ?`,
    ),
    release: db.prepare(
      'UPDATE lease SET owner = NULL WHERE group_id = ? AND topic = ? AND partition = ? AND owner = ?',
    ),
    releaseAll: db.prepare('UPDATE lease SET owner = NULL WHERE owner = ?'),
    releaseGroup: db.prepare('UPDATE lease SET owner = NULL WHERE group_id = ?'),
    removeGroupMemberships: db.prepare('DELETE FROM membership WHERE group_id = ?'),
    removeMemberships: db.prepare('DELETE FROM membership WHERE member_id = ?'),
    removeMember: db.prepare('DELETE FROM member WHERE member_id = ?'),
    forgetMembers: db.prepare('DELETE FROM member WHERE expires_at < ?'),
    forgetMemberships: db.prepare(
      'DELETE FROM membership WHERE member_id NOT IN (SELECT member_id FROM member)',
    ),
    forgetGroups: db.prepare(
      'DELETE FROM lease WHERE touched_at < ? AND (owner IS NULL OR owner NOT IN (SELECT member_id FROM member))',
    ),
    deleteOld: db.prepare(
      'DELETE FROM record WHERE id IN (SELECT id FROM record ORDER BY id LIMIT ?) AND timestamp < ?',
    ),
    consumedPlaces: db.prepare<[], Lease>(
      'SELECT topic, partition, min(committed) AS committed FROM lease GROUP BY topic, partition',
    ),
    deleteConsumed: db.prepare(
      `DELETE FROM record WHERE id IN (
         SELECT id FROM record WHERE topic = ? AND partition = ? AND id <= ? AND timestamp < ? LIMIT ?
       )`,
    ),
    backlog: db
      .prepare<[string, number, number, number], number>(
        'SELECT count(*) FROM (SELECT 1 FROM record WHERE topic = ? AND partition = ? AND id > ? LIMIT ?)',
      )
      .pluck(),
  };
}
