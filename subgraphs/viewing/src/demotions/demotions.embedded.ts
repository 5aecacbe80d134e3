import type { SqliteDatabase } from '@giggityflix/state';
import {
  DEMOTION_LIMITS,
  type DemotedPeer,
  type DemotionLimits,
  type DemotionReason,
  type DemotionStore,
} from './demotions.ts';

/** Of a later release, so they follow those of everything else in the file. */
export const DEMOTION_MIGRATIONS = [
  `CREATE TABLE demoted_peers (
     peer_id TEXT PRIMARY KEY, reason TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX demoted_peers_until ON demoted_peers (until);
   CREATE TABLE demotion_accounts (
     peer_id TEXT NOT NULL, account TEXT NOT NULL, PRIMARY KEY (peer_id, account),
     FOREIGN KEY (peer_id) REFERENCES demoted_peers (peer_id) ON DELETE CASCADE
   ) STRICT;
   CREATE TABLE demotion_reports (account TEXT PRIMARY KEY, count INTEGER NOT NULL, ends_at INTEGER NOT NULL) STRICT;
   CREATE INDEX demotion_reports_end ON demotion_reports (ends_at);`,
] as const;

/** What LIMIT takes for no limit. */
const UNLIMITED = -1;

interface Row {
  peer_id: string;
  reason: DemotionReason;
  since: number;
  until: number;
  accounts: number;
}

/** Demotions in the SQLite file of one machine. */
export function createEmbeddedDemotions(
  database: SqliteDatabase,
  limits: DemotionLimits = DEMOTION_LIMITS,
  clock: () => number = Date.now,
): DemotionStore {
  const sql = {
    removeWindows: database.prepare('DELETE FROM demotion_reports WHERE ends_at <= ?'),
    countReport: database.prepare<[string, number], { count: number }>(
      `INSERT INTO demotion_reports (account, count, ends_at) VALUES (?, 1, ?)
       ON CONFLICT (account) DO UPDATE SET count = count + 1 RETURNING count`,
    ),
    removeExpired: database.prepare('DELETE FROM demoted_peers WHERE until <= ?'),
    demote: database.prepare(
      `INSERT INTO demoted_peers (peer_id, reason, since, until) VALUES (?, ?, ?, ?)
       ON CONFLICT (peer_id) DO UPDATE SET reason = excluded.reason, until = excluded.until`,
    ),
    addAccount: database.prepare(
      `INSERT OR IGNORE INTO demotion_accounts (peer_id, account) SELECT @peerId, @account
       WHERE (SELECT count(*) FROM demotion_accounts WHERE peer_id = @peerId) < @most`,
    ),
    trim: database.prepare(
      `DELETE FROM demoted_peers WHERE peer_id IN
         (SELECT peer_id FROM demoted_peers ORDER BY until DESC, rowid DESC LIMIT -1 OFFSET ?)`,
    ),
    count: database.prepare<[number], { count: number }>(
      'SELECT count(*) AS count FROM demoted_peers WHERE until > ?',
    ),
    list: database.prepare<[number, number], Row>(
      `SELECT *, (SELECT count(*) FROM demotion_accounts a WHERE a.peer_id = p.peer_id) AS accounts
       FROM demoted_peers p WHERE until > ? ORDER BY until DESC, peer_id LIMIT ?`,
    ),
    ids: database
      .prepare<[number, number], string>(
        'SELECT peer_id FROM demoted_peers WHERE until > ? ORDER BY until DESC, peer_id LIMIT ?',
      )
      .pluck(),
  };
  return {
    report: async ({ peerId, account, reason }) =>
      database
        .transaction(() => {
          const now = clock();
          sql.removeWindows.run(now);
          const { count } = sql.countReport.get(account, now + limits.reportWindowMs)!;
          if (count > limits.reportsPerAccount) return 'ignored';
          sql.removeExpired.run(now);
          sql.demote.run(peerId, reason, now, now + limits.demotionMs);
          sql.addAccount.run({ peerId, account, most: limits.accountsPerPeer });
          sql.trim.run(limits.peers);
          return 'demoted';
        })
        .immediate(),
    count: async () => sql.count.get(clock())!.count,
    list: async (most = UNLIMITED) => sql.list.all(clock(), most).map(toDemoted),
    ids: async (most) => sql.ids.all(clock(), most),
  };
}

function toDemoted({ peer_id: peerId, reason, since, until, accounts }: Row): DemotedPeer {
  return { peerId, reason, since, until, accounts };
}
