import type { SqliteDatabase } from '@giggityflix/state';
import { type Allowance, CROWDED_OUTBOX } from './allowance.ts';
import { MAX_PEERS_PER_MATCH, type SubscriptionOwner } from './outbox.ts';
import { parseOwner } from './owner.ts';
import type { Unpublished } from './unpublished.embedded.ts';

/** What an outbox row keeps of a match, as JSON. */
export interface StoredMatch {
  subscriptionId: string;
  owner: SubscriptionOwner;
  availablePeers: string[];
}

/**
 * Counts the peers of each file and records every change of a count. Called only inside a transaction, which
 * makes the change, its event and the subscriptions it matches one step.
 */
export interface Ledger {
  /** Begins `changes` of a peer: they go to the outbox, or wait for its turn. */
  open(peerId: string, changes: number): Changes;
  /** Appends that a file has as many peers as it has now. */
  publish(catalogId: string): void;
  /** Appends a match of a file that is available. */
  match(catalogId: string, subscriptionId: string, owner: SubscriptionOwner): void;
  countOf(catalogId: string): number;
}

/** Changes of one peer, within one transaction. */
export interface Changes {
  /** One connected peer more (1) or less (-1) has the file. */
  change(catalogId: string, difference: 1 | -1): void;
}

export function createLedger(options: {
  database: SqliteDatabase;
  now: () => number;
  allowance: Allowance;
  unpublished: Unpublished;
}): Ledger {
  const { database, now, unpublished } = options;
  const increment = database
    .prepare<[string], number>(
      `INSERT INTO counts VALUES (?, 1)
       ON CONFLICT (catalog_id) DO UPDATE SET peer_count = peer_count + 1 RETURNING peer_count`,
    )
    .pluck();
  const decrement = database
    .prepare<[string], number>(
      'UPDATE counts SET peer_count = peer_count - 1 WHERE catalog_id = ? RETURNING peer_count',
    )
    .pluck();
  const remove = database.prepare('DELETE FROM counts WHERE catalog_id = ?');
  const count = database
    .prepare<[string], number>('SELECT peer_count FROM counts WHERE catalog_id = ?')
    .pluck();
  // Above both the last one and the clock in microseconds: a file that was deleted does not begin below
  // what readers have already seen.
  const nextSequence = database
    .prepare<[number], number>(
      'UPDATE outbox_state SET last_sequence = max(last_sequence + 1, ?) RETURNING last_sequence',
    )
    .pluck();
  const append = database.prepare('INSERT INTO outbox VALUES (?, ?, ?, ?, ?)');
  const waiting = database.prepare<[string, number], { id: string; owner: string }>(
    'SELECT id, owner FROM subscriptions WHERE catalog_id = ? AND expires_at > ? ORDER BY id',
  );
  const fulfil = database.prepare('DELETE FROM subscriptions WHERE catalog_id = ?');
  const holders = database
    .prepare<[string, number], string>(
      `SELECT h.peer_id FROM holdings h JOIN peers p USING (peer_id)
       WHERE h.catalog_id = ? AND p.state = 'CONNECTED' LIMIT ?`,
    )
    .pluck();

  const waitingInOutbox = database.prepare<[number], number>('SELECT 1 FROM outbox LIMIT 1 OFFSET ?').pluck();

  const write = (catalogId: string, peerCount: number, match: StoredMatch | null) => {
    const at = now();
    append.run(nextSequence.get(at * 1_000), catalogId, peerCount, at, match && JSON.stringify(match));
  };
  const ledger: Ledger = {
    countOf: (catalogId) => count.get(catalogId) ?? 0,
    publish: (catalogId) => write(catalogId, ledger.countOf(catalogId), null),
    open(peerId, changes) {
      const waits =
        changes > 0 &&
        (!options.allowance.take(peerId, changes) || waitingInOutbox.get(CROWDED_OUTBOX) !== undefined);
      let anyWaiting = !unpublished.isEmpty();
      const note = (catalogId: string, peerCount: number, before: number) => {
        const known = anyWaiting ? unpublished.known(catalogId) : undefined;
        if (known === peerCount) return unpublished.remove(catalogId);
        if (known === undefined && waits) {
          anyWaiting = true;
          return unpublished.put(catalogId, peerId, before);
        }
        if (waits) return;
        if (known !== undefined) unpublished.remove(catalogId);
        write(catalogId, peerCount, null);
      };
      return {
        change(catalogId, difference) {
          const peerCount = (difference === 1 ? increment : decrement).get(catalogId) as number;
          note(catalogId, peerCount, peerCount - difference);
          if (peerCount === 0) remove.run(catalogId);
          if (difference === -1 || peerCount !== 1) return;
          const subscriptions = waiting.all(catalogId, now());
          for (const { id, owner } of subscriptions) ledger.match(catalogId, id, parseOwner(owner));
          if (subscriptions.length > 0) fulfil.run(catalogId);
        },
      };
    },
    match(catalogId, subscriptionId, owner) {
      const availablePeers = holders.all(catalogId, MAX_PEERS_PER_MATCH);
      write(catalogId, ledger.countOf(catalogId), { subscriptionId, owner, availablePeers });
    },
  };
  return ledger;
}
