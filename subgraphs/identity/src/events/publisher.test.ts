import { type Bus, type OutgoingRecord, resolveTopics } from '@giggityflix/bus';
import { createLogger } from '@giggityflix/kernel';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { PendingChange, PendingChanges } from './pending.ts';
import { createAccessEvents } from './publisher.ts';

const topic = resolveTopics({}).identityAccessChanged;
const logger = createLogger({ service: 'test', level: 'silent' });
const TV = { accountId: 'ann', deviceId: 'tv', change: 'revoked' as const };
let stored: Map<string, PendingChange>;
let published: OutgoingRecord[];
let isBusUp: boolean;

beforeEach(() => {
  vi.useFakeTimers();
  stored = new Map();
  published = [];
  isBusUp = true;
});
afterEach(() => {
  vi.useRealTimers();
});

const pending: PendingChanges = {
  note: async (change) => void stored.set(change.id, { ...change, doneAt: null }),
  done: async (change, at) => void stored.set(change.id, { ...change, doneAt: at }),
  list: async (limit) => [...stored.values()].slice(0, limit),
  remove: async (id) => void stored.delete(id),
};
const open = () =>
  createAccessEvents({
    pending,
    topic,
    logger,
    limitsOf: async () => [{ device_id: 'tv', libraries: ['films'], rating_limit: 6 }],
    profilesOf: async () => ['mum', 'dad'],
    bus: {
      async publish(records: OutgoingRecord[]) {
        if (!isBusUp) throw new Error('unavailable');
        published.push(...records);
      },
    } as unknown as Bus,
  });
const values = () => published.map(({ key, value }) => [key, value]);

it('publishes what was taken back once it is done, with the time from which tokens hold', async () => {
  const events = open();
  await events.start();
  vi.setSystemTime(1_000_000);
  const result = await events.during(TV, async () => {
    expect(published).toEqual([]);
    vi.setSystemTime(1_000_500);
    return 7;
  });
  await vi.advanceTimersByTimeAsync(0);
  expect(result).toBe(7);
  expect(values()).toEqual([
    [
      'ann',
      expect.objectContaining({
        account_id: 'ann',
        device_id: 'tv',
        change: 'revoked',
        tokens_before: 1_000_500,
      }),
    ],
  ]);
  expect(topic.schema.parse(published[0]!.value)).toEqual(published[0]!.value);
  expect(stored.size).toBe(0);
  await events.stop();
});

it('says which profiles an account has with a change of its limits, and not with that of one device', async () => {
  const events = open();
  await events.start();
  const change = 'limits_changed' as const;
  await events.during({ accountId: 'ann', deviceId: null, change }, async () => {});
  await vi.advanceTimersByTimeAsync(0);
  await events.during({ accountId: 'ann', deviceId: 'tv', change }, async () => {});
  await vi.advanceTimersByTimeAsync(0);
  expect(values()).toMatchObject([
    ['ann', { limits: [{ device_id: 'tv' }], profile_ids: ['mum', 'dad'] }],
    ['ann', { limits: [{ device_id: 'tv' }] }],
  ]);
  expect(published[1]?.value).not.toHaveProperty('profile_ids');
  for (const { value } of published) expect(topic.schema.parse(value)).toEqual(value);
  await events.stop();
});

it('publishes nothing for what was not done, and something for what failed halfway', async () => {
  const events = open();
  await events.start();
  await events.during(
    TV,
    async () => false,
    (isDone) => isDone,
  );
  const failing = events.during(TV, () => Promise.reject(new Error('the database')));
  await expect(failing).rejects.toThrow('the database');
  await vi.advanceTimersByTimeAsync(0);
  expect(published).toHaveLength(1);
  await events.stop();
});

it('keeps what the bus does not take, and publishes it when it does', async () => {
  const events = open();
  await events.start();
  isBusUp = false;
  await events.during(TV, async () => {});
  await vi.advanceTimersByTimeAsync(5_000);
  expect(published).toEqual([]);
  isBusUp = true;
  await vi.advanceTimersByTimeAsync(500);
  expect(published).toHaveLength(1);
  await events.stop();
});

it('publishes what a crash cut short, for tokens of up to then', async () => {
  const crashed = open();
  await crashed.start();
  vi.setSystemTime(1_000_000);
  void crashed.during(TV, () => new Promise(() => {}));
  await vi.advanceTimersByTimeAsync(0);
  const events = open();
  await events.start();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(published).toEqual([]);
  await vi.advanceTimersByTimeAsync(20_000);
  const { tokens_before } = published[0]!.value as { tokens_before: number };
  expect(tokens_before).toBeGreaterThan(1_030_000);
  await events.stop();
});
