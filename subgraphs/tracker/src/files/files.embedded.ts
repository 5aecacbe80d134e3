import { networkOf } from '@giggityflix/http';
import type { SqliteDatabase } from '@giggityflix/state';
import {
  type AddResult,
  type FileRegistry,
  MAX_FILES_PER_ADDRESS,
  MAX_PEERS_PER_FILE,
  REGISTRATION_TTL_MS,
} from './files.ts';

/** Expired registrations that a new one deletes, at most. */
const SWEEP_LIMIT = 100;

export function createEmbeddedFiles(options: { database: SqliteDatabase; now: () => number }): FileRegistry {
  const { database, now } = options;
  const known = database.prepare<[string], string>('SELECT hash FROM files WHERE filename = ?').pluck();
  const registered = database
    .prepare<[string, string], number>('SELECT 1 FROM file_peers WHERE filename = ? AND ip = ?')
    .pluck();
  const peersOf = database
    .prepare<[string], number>('SELECT count(*) FROM file_peers WHERE filename = ?')
    .pluck();
  const filesOf = database.prepare<[string], number>('SELECT count(*) FROM file_peers WHERE ip = ?').pluck();
  const insertFile = database.prepare('INSERT OR IGNORE INTO files VALUES (?, ?)');
  const insertPeer = database.prepare(
    `INSERT INTO file_peers VALUES (?, ?, ?, ?)
     ON CONFLICT (filename, ip) DO UPDATE SET registered_at = excluded.registered_at, expires_at = excluded.expires_at`,
  );
  const removePeer = database.prepare('DELETE FROM file_peers WHERE filename = ? AND ip = ?');
  const removeUnshared = database.prepare(
    'DELETE FROM files WHERE filename = ? AND NOT EXISTS (SELECT 1 FROM file_peers p WHERE p.filename = files.filename)',
  );
  const namesOf = database.prepare<[string], string>('SELECT filename FROM file_peers WHERE ip = ?').pluck();
  const ended = database.prepare<[number, number], { filename: string; ip: string }>(
    'SELECT filename, ip FROM file_peers WHERE expires_at <= ? LIMIT ?',
  );
  const peers = database.prepare<[string, number], { ip: string; hash: string; registered_at: number }>(
    `SELECT ip, hash, registered_at FROM file_peers JOIN files USING (filename)
     WHERE filename = ? AND expires_at > ? ORDER BY registered_at, ip`,
  );
  const page = database.prepare<[number, string, number], { filename: string; hash: string; peers: number }>(
    `SELECT filename, hash, count(*) AS peers FROM files JOIN file_peers USING (filename)
     WHERE expires_at > ? AND filename > ? GROUP BY filename ORDER BY filename LIMIT ?`,
  );

  const vote = database.prepare(
    `INSERT INTO file_votes VALUES (?, ?, ?, ?)
     ON CONFLICT (filename, network) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at`,
  );
  const votesFor = database
    .prepare<[string, string], number>('SELECT count(*) FROM file_votes WHERE filename = ? AND hash = ?')
    .pluck();
  const votesOn = database
    .prepare<[string, string], number>('SELECT count(*) FROM file_votes WHERE filename = ? AND network <> ?')
    .pluck();
  const withdraw = database.prepare('DELETE FROM file_votes WHERE filename = ? AND network = ?');
  const removeEndedVotes = database.prepare(
    `DELETE FROM file_votes WHERE (filename, network) IN
       (SELECT filename, network FROM file_votes WHERE expires_at <= ? LIMIT ?)`,
  );
  const removePeers = database.prepare('DELETE FROM file_peers WHERE filename = ?');
  const changeHash = database.prepare('UPDATE files SET hash = ? WHERE filename = ?');

  /** Whether `hash` has more votes than the hash the file is registered under. */
  const outvotes = (filename: string, hash: string, knownHash: string): boolean =>
    (votesFor.get(filename, hash) ?? 0) > Math.max(votesFor.get(filename, knownHash) ?? 0, 1);
  const drop = (filename: string, ip: string): boolean => {
    const removed = removePeer.run(filename, ip).changes > 0;
    withdraw.run(filename, networkOf(ip));
    removeUnshared.run(filename);
    return removed;
  };
  const add = database.transaction((filename: string, hash: string, ip: string): AddResult => {
    for (const old of ended.all(now(), SWEEP_LIMIT)) drop(old.filename, old.ip);
    removeEndedVotes.run(now(), SWEEP_LIMIT);
    const network = networkOf(ip);
    if ((votesOn.get(filename, network) ?? 0) < MAX_PEERS_PER_FILE)
      vote.run(filename, network, hash, now() + REGISTRATION_TTL_MS);
    const knownHash = known.get(filename);
    if (knownHash !== undefined && knownHash !== hash) {
      if (!outvotes(filename, hash, knownHash)) return { status: 'conflict', knownHash };
      removePeers.run(filename);
      changeHash.run(hash, filename);
    }
    const isNew = registered.get(filename, ip) === undefined;
    if (
      isNew &&
      ((peersOf.get(filename) ?? 0) >= MAX_PEERS_PER_FILE || (filesOf.get(ip) ?? 0) >= MAX_FILES_PER_ADDRESS)
    )
      return { status: 'full' };
    insertFile.run(filename, hash);
    insertPeer.run(filename, ip, now(), now() + REGISTRATION_TTL_MS);
    return { status: 'added' };
  });
  const remove = database.transaction(drop);
  const removeAddress = database.transaction((ip: string) => {
    const names = namesOf.all(ip);
    for (const filename of names) drop(filename, ip);
    return names.length;
  });
  return {
    add: async ({ filename, hash, ip }) => add.immediate(filename, hash, ip),
    remove: async (filename, ip) => remove.immediate(filename, ip),
    removeAddress: async (ip) => removeAddress.immediate(ip),
    peers: async (filename) =>
      peers.all(filename, now()).map((row) => ({
        ip: row.ip,
        hash: row.hash,
        registeredAt: new Date(row.registered_at).toISOString(),
      })),
    list: async ({ limit, after }) => page.all(now(), after ?? '', limit),
  };
}
