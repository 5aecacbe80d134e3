import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realKafka, realRedis } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Device, startRevocable } from './revocable.ts';

const WAIT = { timeout: 60_000, interval: 20 };
const kafka = await realKafka();
const redis = await realRedis();
const folder = mkdtempSync(join(tmpdir(), 'revoked-device-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const topic = { KAFKA_IDENTITY_ACCESS_CHANGED_TOPIC: `access-${randomUUID()}` };
const embedded = { BUS: 'embedded', BUS_PATH: join(folder, 'bus.sqlite'), ...topic };
const onKafka = {
  BUS: 'kafka',
  KAFKA_BOOTSTRAP_SERVERS: kafka.skip ? '' : kafka.bootstrapServers,
  KAFKA_GROUP_ID: `viewing-${randomUUID()}`,
  KAFKA_PLAYBACK_EVENTS_TOPIC: `events-${randomUUID()}`,
  KAFKA_TOPIC_PARTITIONS: '2',
  ...topic,
};
const redisState: Record<string, string> = redis.skip
  ? {}
  : { STATE: 'redis', REDIS_HOST: redis.host, REDIS_PORT: String(redis.port) };

describe('on the embedded bus', () => revocation(embedded, {}));
describe.skipIf(kafka.skip || redis.skip)('on Kafka and Redis', () => revocation(onKafka, redisState));

function revocation(bus: Record<string, string>, state: Record<string, string>): void {
  let platform: Awaited<ReturnType<typeof startRevocable>>;
  beforeAll(async () => {
    platform = await startRevocable(bus, state);
  }, 60_000);
  afterAll(() => platform?.stop());

  it('a revoked device loses its stream, its subscriptions and its token; others keep theirs', async () => {
    const { device, play, subscribe, statusOf, asked } = platform;
    const { id: accountId } = await platform.identity.person('anna');
    const [tv, phone] = await Promise.all([device(accountId), device(accountId)]);
    const watched = [await play(tv), await play(phone)];
    const ticks: string[] = [];
    const closed: string[] = [];
    const follow = (name: string, one: Device) =>
      subscribe(one, {
        tick: () => ticks.push(name),
        closed: (code) => closed.push(`${name} ${code}`),
      });
    const clients = [follow('tv', tv), follow('phone', phone)];
    await expect.poll(() => ticks.toSorted(), { timeout: 10_000 }).toEqual(['phone', 'tv']);

    expect(await platform.revoke(tv)).toBe(true);
    await Promise.all([
      expect.poll(() => statusOf(watched[0]!, phone), WAIT).toBe('terminated'),
      expect.poll(() => closed, WAIT).toEqual(['tv 4403']),
      expect.poll(() => asked(tv), WAIT).toBe(401),
    ]);
    expect(await statusOf(watched[1]!, phone)).toBe('active');
    expect(await asked(phone)).toBe(200);
    for (const client of clients) await client.dispose();
  });
}
