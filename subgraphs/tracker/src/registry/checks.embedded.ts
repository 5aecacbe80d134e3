import type { SqliteDatabase } from '@giggityflix/state';
import {
  DISTRUST_MS,
  FAILED_CHECK_MEMORY_MS,
  type HoldingCheck,
  MAX_CHECKS_PER_PEER,
  PROOF_MEMORY_MS,
} from './registry.ts';

/** How long each outcome is kept. */
export const CHECK_MEMORY_MS: Readonly<Record<HoldingCheck['outcome'], number>> = {
  proven: PROOF_MEMORY_MS,
  failed: FAILED_CHECK_MEMORY_MS,
  unanswered: DISTRUST_MS,
};

/** Expired checks that a new one deletes, at most. */
const SWEEP_LIMIT = 100;

/** The outcomes of holding checks. Called only inside a transaction. */
export interface Checks {
  record(check: HoldingCheck): void;
  /** Files the peer failed to prove lately. */
  failedOf(peerId: string): ReadonlySet<string>;
}

export function createChecks({ database, now }: { database: SqliteDatabase; now: () => number }): Checks {
  const save = database.prepare('INSERT OR REPLACE INTO holding_checks VALUES (?, ?, ?, ?)');
  const sweep = database.prepare(
    `DELETE FROM holding_checks WHERE (peer_id, catalog_id) IN
       (SELECT peer_id, catalog_id FROM holding_checks WHERE expires_at <= ? LIMIT ?)`,
  );
  const trim = database.prepare(
    `DELETE FROM holding_checks WHERE (peer_id, catalog_id) IN
       (SELECT peer_id, catalog_id FROM holding_checks WHERE peer_id = ? AND outcome = ?
        ORDER BY expires_at DESC LIMIT -1 OFFSET ?)`,
  );
  const failed = database
    .prepare<[string, number], string>(
      "SELECT catalog_id FROM holding_checks WHERE peer_id = ? AND outcome = 'failed' AND expires_at > ?",
    )
    .pluck();
  return {
    record({ peerId, catalogId, outcome }) {
      sweep.run(now(), SWEEP_LIMIT);
      save.run(peerId, catalogId, outcome, now() + CHECK_MEMORY_MS[outcome]);
      trim.run(peerId, outcome, MAX_CHECKS_PER_PEER);
    },
    failedOf: (peerId) => new Set(failed.all(peerId, now())),
  };
}
