import { createLogger } from '@giggityflix/kernel';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { migrateSqlite, openSqlite, type SqliteDatabase } from '../sqlite.ts';
import { createEmbeddedOutbox } from './outbox.embedded.ts';
import { OUTBOX_LEASE_MS } from './outbox.ts';
import { createOutboxRelay, type OutboxRelayOptions } from './relay.ts';

let database: SqliteDatabase;
let now: number;
let published: number[];
let refusals: number;

beforeEach(() => {
  vi.useFakeTimers();
  database = openSqlite(':memory:');
  migrateSqlite(database, [
    `CREATE TABLE outbox (place INTEGER PRIMARY KEY);
     CREATE TABLE lease (token TEXT, until INTEGER NOT NULL);
     INSERT INTO lease VALUES (NULL, 0);`,
  ]);
  now = 0;
  published = [];
  refusals = 0;
});
afterEach(() => {
  database.close();
  vi.useRealTimers();
});

const open = (options: Partial<OutboxRelayOptions<number>> = {}) => {
  const outbox = createEmbeddedOutbox<{ place: number }, number>({
    database,
    sql: {
      oldest: 'SELECT place FROM outbox ORDER BY place LIMIT ?',
      removeUpTo: 'DELETE FROM outbox WHERE place <= ?',
      lease: 'UPDATE lease SET token = ?, until = ? WHERE token IS NULL OR until <= ?',
      free: 'UPDATE lease SET token = NULL WHERE token = ?',
    },
    placeOf: ({ place }) => place,
    toEntry: ({ place }) => place,
    now: () => now,
  });
  const relay = createOutboxRelay({
    outbox,
    async publish(entries) {
      if (refusals > 0) {
        refusals -= 1;
        throw new Error('the bus is unavailable');
      }
      published.push(...entries);
    },
    batchSize: 2,
    pollMs: 1_000,
    retryMs: 300,
    logger: createLogger({ service: 'test', level: 'silent' }),
    ...options,
  });
  const append = (place: number, urgent = true) => {
    database.prepare('INSERT INTO outbox VALUES (?)').run(place);
    outbox.appended(urgent);
  };
  return { outbox, relay, append };
};

it('publishes what is appended at once, in batches, in order', async () => {
  const { relay, append } = open();
  for (const place of [1, 2, 3]) append(place);
  await relay.start();
  append(4);
  await vi.advanceTimersByTimeAsync(0);
  expect(published).toEqual([1, 2, 3, 4]);
  await relay.stop();
});

it('keeps what the bus refuses and publishes it after the pause', async () => {
  const { relay, append } = open();
  await relay.start();
  refusals = 2;
  append(1);
  append(2);
  await vi.advanceTimersByTimeAsync(299);
  expect(published).toEqual([]);
  await vi.advanceTimersByTimeAsync(600);
  expect(published).toEqual([1, 2]);
  await relay.stop();
});

it('publishes what a crashed process held, once the lease has expired', async () => {
  const { outbox, relay, append } = open();
  append(1);
  await outbox.claim({ limit: 2, everywhere: true });
  await relay.start();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(published).toEqual([]);
  now += OUTBOX_LEASE_MS;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(published).toEqual([1]);
  await relay.stop();
});

it('lets entries gather, the less urgent for longer', async () => {
  const { relay, append } = open({ lingerMs: { urgent: 200, relaxed: 500 } });
  await relay.start();
  append(1, false);
  await vi.advanceTimersByTimeAsync(499);
  expect(published).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(published).toEqual([1]);
  append(2, false);
  append(3);
  await vi.advanceTimersByTimeAsync(200);
  expect(published).toEqual([1, 2, 3]);
  await relay.stop();
});

it('looks for what others left though it has something to publish all the time', async () => {
  let looks = 0;
  const { relay, append } = open({
    outbox: {
      async claim({ everywhere }) {
        if (everywhere) looks += 1;
        await new Promise((resolve) => setTimeout(resolve, 50));
        return { entries: [1], complete: async () => {}, release: async () => {} };
      },
      onAppend() {},
    },
  });
  append(1);
  await relay.start();
  await vi.advanceTimersByTimeAsync(4_500);
  expect(looks).toBe(5);
});

it('publishes what is left before it stops', async () => {
  const { relay, append } = open({ lingerMs: { urgent: 200, relaxed: 500 } });
  await relay.start();
  append(1);
  await relay.stop();
  expect(published).toEqual([1]);
});
