import type { SqliteDatabase } from '@giggityflix/state';
import type { Ledger } from '../availability/ledger.embedded.ts';
import { formatOwner, parseOwner } from '../availability/owner.ts';
import {
  MAX_SUBSCRIPTIONS_PER_OWNER,
  type StoredSubscription,
  type SubscriptionStore,
  TooManySubscriptions,
} from './subscriptions.ts';

interface Row {
  id: string;
  catalog_id: string;
  owner: string;
  created_at: number;
  expires_at: number;
}

/** Expired subscriptions that a new one deletes, at most. */
const SWEEP_LIMIT = 100;

export function createEmbeddedSubscriptions(options: {
  database: SqliteDatabase;
  ledger: Ledger;
  now: () => number;
  appended: () => void;
}): SubscriptionStore {
  const { database, ledger, now } = options;
  const insert = database.prepare('INSERT INTO subscriptions VALUES (?, ?, ?, ?, ?)');
  const sweep = database.prepare(
    'DELETE FROM subscriptions WHERE id IN (SELECT id FROM subscriptions WHERE expires_at <= ? LIMIT ?)',
  );
  const count = database
    .prepare<[string, number], number>(
      'SELECT count(*) FROM subscriptions WHERE owner = ? AND expires_at > ?',
    )
    .pluck();
  const ownerOf = database
    .prepare<[string, number], string>('SELECT owner FROM subscriptions WHERE id = ? AND expires_at > ?')
    .pluck();
  const remove = database.prepare('DELETE FROM subscriptions WHERE id = ?');
  const page = database.prepare<[string, string, number, number], Row>(
    'SELECT * FROM subscriptions WHERE owner = ? AND id > ? AND expires_at > ? ORDER BY id LIMIT ?',
  );

  const subscribe = database.transaction((subscription: StoredSubscription) => {
    const { id, catalogId, owner, createdAt, expiresAt } = subscription;
    sweep.run(now(), SWEEP_LIMIT);
    if (ledger.countOf(catalogId) > 0) {
      ledger.match(catalogId, id, owner);
      return;
    }
    if ((count.get(formatOwner(owner), now()) ?? 0) >= MAX_SUBSCRIPTIONS_PER_OWNER)
      throw new TooManySubscriptions();
    insert.run(id, catalogId, formatOwner(owner), createdAt, expiresAt);
  });
  return {
    async subscribe(subscription) {
      subscribe.immediate(subscription);
      options.appended();
    },
    async cancel(id, permitted) {
      const owner = ownerOf.get(id, now());
      return owner !== undefined && permitted(parseOwner(owner)) && remove.run(id).changes > 0;
    },
    async list(owner, { first, after }) {
      return page.all(formatOwner(owner), after ?? '', now(), first).map(toSubscription);
    },
  };
}

function toSubscription(row: Row): StoredSubscription {
  return {
    id: row.id,
    catalogId: row.catalog_id,
    owner: parseOwner(row.owner),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
