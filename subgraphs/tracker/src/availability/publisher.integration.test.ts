import { type Bus, type OutgoingRecord, resolveTopics } from '@giggityflix/bus';
import { createLogger } from '@giggityflix/kernel';
import { OUTBOX_LEASE_MS } from '@giggityflix/state';
import { afterEach, expect, it } from 'vitest';
import { CONNECTION_TIMEOUT_MS, catalogUpdate, connection, file } from '../../testing/fixtures.ts';
import { createEmbeddedState } from '../state/state.embedded.ts';
import { createPublisher, SEQUENCE_HEADER } from './publisher.ts';

let time = Date.now();
const published: OutgoingRecord[] = [];
let failures = 0;
const bus = {
  async publish(records: readonly OutgoingRecord[]) {
    if (failures > 0) {
      failures -= 1;
      throw new Error('the broker is unavailable');
    }
    published.push(...records);
  },
} as unknown as Bus;

const state = createEmbeddedState({
  path: ':memory:',
  connectionTimeoutMs: CONNECTION_TIMEOUT_MS,
  now: () => time,
});
const publisher = createPublisher({
  outbox: state.outbox,
  bus,
  topics: resolveTopics({}),
  logger: createLogger({ service: 'test', level: 'silent' }),
});
const share = (catalogIds: string[]) =>
  state.registry.catalogUpdated(
    catalogUpdate({ peerId: 'peer-1', connectionId: connection(1), catalogIds, isFull: true }),
  );
const counts = () =>
  published.map(({ value }) => (value as { available_peer_count: number }).available_peer_count);

afterEach(async () => {
  await publisher.stop();
  published.length = 0;
});

it('publishes changes keyed by catalog id, numbered, with the documented fields', async () => {
  await share([file(1)]);
  await publisher.flush();
  expect(published).toMatchObject([
    {
      topic: { name: 'catalog.availability.changed' },
      key: file(1),
      value: { catalog_id: file(1), available_peer_count: 1, is_available: true },
      headers: { [SEQUENCE_HEADER]: expect.stringMatching(/^\d{20}$/) },
    },
  ]);
  expect(Object.keys(published[0]?.value as object).sort()).toEqual([
    'available_peer_count',
    'catalog_id',
    'is_available',
    'timestamp',
  ]);
});

it('keeps what the bus refuses, and publishes it in order once the bus is back', async () => {
  failures = 2;
  await publisher.start();
  await share([]);
  await share([file(1)]);
  await expect.poll(counts).toEqual([0, 1]);
});

it('publishes what a crashed process left, with the same numbers', async () => {
  await share([]);
  const abandoned = await state.outbox.claim({ limit: 10, everywhere: true });
  await publisher.flush();
  expect(published).toEqual([]);
  time += OUTBOX_LEASE_MS;
  await publisher.flush();
  expect(published.map(({ headers }) => headers?.[SEQUENCE_HEADER])).toEqual(
    abandoned?.entries.map(({ sequence }) => sequence),
  );
});
