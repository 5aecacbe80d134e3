import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { realKafka, realRedis, requireKcat } from '@giggityflix/testing';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connection, file } from '../testing/fixtures.ts';
import { type RunningTracker, runTracker } from '../testing/running.ts';

const kafka = await realKafka();
const redis = await realRedis();
const kcat = requireKcat();
const run = promisify(execFile);

/** Topics of this file's own: the broker is shared. */
const own = (name: string) => `tracker-${process.pid}.${name}`;
const topics = {
  KAFKA_PEER_LIFECYCLE_EVENTS_TOPIC: own('lifecycle'),
  KAFKA_PEER_CATALOG_UPDATED_TOPIC: own('updated'),
  KAFKA_PEER_HEARTBEAT_TOPIC: own('heartbeat'),
  KAFKA_CATALOG_AVAILABILITY_CHANGED_TOPIC: own('availability'),
  KAFKA_CATALOG_SUBSCRIPTION_MATCHED_TOPIC: own('matched'),
  KAFKA_GROUP_ID: own('group'),
};

describe.skipIf(kafka.skip || redis.skip || kcat.skip)('the tracker on Kafka and Redis', () => {
  let running: RunningTracker;
  beforeAll(async () => {
    running = await runTracker({
      BUS: 'kafka',
      KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrapServers,
      KAFKA_TOPIC_PARTITIONS: '2',
      STATE: 'redis',
      REDIS_HOST: redis.host,
      REDIS_PORT: String(redis.port),
      ...topics,
    });
  }, 90_000);
  afterAll(() => running?.stop());

  const produce = async (topic: string, key: string, value: unknown) => {
    const producer = spawn(kcat.path, ['-P', '-b', kafka.bootstrapServers, '-t', topic, '-k', key]);
    producer.stdin.end(JSON.stringify(value));
    const [code] = await once(producer, 'exit');
    expect(code).toBe(0);
  };
  const consume = async (topic: string) => {
    const { stdout } = await run(kcat.path, [
      ...['-C', '-b', kafka.bootstrapServers, '-t', topic, '-o', 'beginning', '-e', '-q', '-J'],
    ]);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
      .map(({ key, payload }) => ({ key, value: JSON.parse(payload) }));
  };

  it('reads what kcat writes on the shared lifecycle topic, and writes what kcat reads', async () => {
    const of = {
      peer_id: 'kcat-peer',
      edge_id: 'edge-1',
      connection_id: connection(1),
      timestamp: new Date().toISOString(),
    };
    await running.client.request(
      'mutation ($id: ID!) { subscribeToCatalog(input: { catalogId: $id }) { subscription { id } } }',
      { id: file(77) },
    );
    const { KAFKA_PEER_LIFECYCLE_EVENTS_TOPIC: lifecycle } = topics;
    await produce(lifecycle, 'kcat-peer', { ...of, event_type: 'connected', catalog_ids: [file(77)] });
    const { KAFKA_CATALOG_AVAILABILITY_CHANGED_TOPIC: availability } = topics;
    await expect
      .poll(() => consume(availability), { timeout: 20_000 })
      .toMatchObject([
        {
          key: file(77),
          value: {
            catalog_id: file(77),
            available_peer_count: 1,
            is_available: true,
            timestamp: expect.stringMatching(/Z$/),
          },
        },
      ]);
    await expect
      .poll(() => consume(topics.KAFKA_CATALOG_SUBSCRIPTION_MATCHED_TOPIC), { timeout: 10_000 })
      .toMatchObject([
        { key: file(77), value: { user_id: 'demo', catalog_id: file(77), available_peers: ['kcat-peer'] } },
      ]);
    await produce(lifecycle, 'kcat-peer', { ...of, event_type: 'disconnected', reason: 'closed_by_peer' });
    await expect
      .poll(async () => (await consume(availability)).map(({ value }) => value.available_peer_count), {
        timeout: 10_000,
      })
      .toEqual([1, 0]);
  }, 60_000);

  it('sends what it cannot read to the dead letters, and goes on', async () => {
    const updated = topics.KAFKA_PEER_CATALOG_UPDATED_TOPIC;
    await produce(updated, 'kcat-2', { schema_version: 99, peer_id: ['wrong'] });
    await produce(updated, 'kcat-2', {
      peer_id: 'kcat-2',
      edge_id: 'edge-1',
      connection_id: connection(1),
      catalog_ids: [file(78)],
      is_full_update: true,
      timestamp: new Date().toISOString(),
    });
    const client = new Redis({ host: redis.host, port: redis.port });
    const id = Buffer.from(file(78), 'hex').toString('base64url');
    await expect.poll(async () => (await client.keys(`*:peers:${id}`)).length, { timeout: 20_000 }).toBe(1);
    client.disconnect();
    expect(await consume(`${updated}.deadletter`)).toMatchObject([
      { key: 'kcat-2', value: { peer_id: ['wrong'] } },
    ]);
  }, 60_000);
});
