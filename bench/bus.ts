/** The bus beside what it stands on: SQLite inserts and bare kafkajs, the same records in the same run. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, on } from '@giggityflix/bus';
import { createEmbeddedBus } from '@giggityflix/bus/embedded';
import { createKafkaBus } from '@giggityflix/bus/kafka';
import { createLogger } from '@giggityflix/kernel';
import { openSqlite } from '@giggityflix/state';
import { kafkaJars, startKafka } from '@giggityflix/testing/processes';
import { Kafka, logLevel } from 'kafkajs';
import { z } from 'zod';
import { type BenchRow, percentile, row } from './row.ts';

const RECORDS = 40_000;
/** Calls of `publish` under way at once, as in a service that serves many peers. */
const AT_ONCE = 500;
const KEYS = 1_000;
const LATENCY_SAMPLES = 500;

const logger = createLogger({ service: 'bench', level: 'silent' });
const schema = z.object({ peer_id: z.string(), n: z.int(), sent: z.number(), padding: z.string() });
const padding = 'x'.repeat(200);
const newTopic = () => ({ name: `bench-${randomUUID()}`, type: 'bench', schema });
const record = (n: number) => ({ peer_id: `peer-${n % KEYS}`, n, sent: performance.now(), padding });

export default async function bench(): Promise<BenchRow[]> {
  const directory = await mkdtemp(join(tmpdir(), 'giggityflix-bench-'));
  const rows: BenchRow[] = [];
  try {
    const raw = rawSqlite(join(directory, 'raw.sqlite'));
    const buses = [0, 1].map(() =>
      createEmbeddedBus({ path: join(directory, 'bus.sqlite') }, { clientId: 'bench', logger }),
    ) as [Bus, Bus];
    rows.push(...(await measure('embedded', buses, { publish: raw, publishName: 'bare SQLite inserts' })));

    const server = process.env.KAFKA_BOOTSTRAP_SERVERS
      ? { bootstrapServers: process.env.KAFKA_BOOTSTRAP_SERVERS, stop: async () => {} }
      : existsSync(kafkaJars())
        ? await startKafka('java')
        : null;
    if (!server) {
      console.error('no Kafka: set KAFKA_BOOTSTRAP_SERVERS or run npm run setup:system');
      return rows;
    }
    try {
      const bare = await bareKafka(server.bootstrapServers);
      const config = {
        brokers: [server.bootstrapServers],
        partitions: PARTITIONS,
        replicationFactor: 1,
        sessionTimeoutMs: 10_000,
        ssl: null,
        sasl: null,
      };
      const kafka = [0, 1].map(() => createKafkaBus(config, { clientId: 'bench', logger })) as [Bus, Bus];
      rows.push(...(await measure('Kafka', kafka, { ...bare, publishName: 'bare kafkajs' })));
    } finally {
      await server.stop();
    }
    return rows;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const PARTITIONS = 4;

interface Baseline {
  /** Records a second. */
  publish: number;
  consume?: number;
  publishName: string;
}

/** `buses` are two clients, as of two processes: one publishes, the other consumes. */
async function measure(
  name: string,
  [publisher, consumer]: [Bus, Bus],
  baseline: Baseline,
): Promise<BenchRow[]> {
  await publisher.start();
  await consumer.start();
  const topic = newTopic();
  await publishAll(publisher, newTopic(), RECORDS / 4);
  const published = await publishAll(publisher, topic, RECORDS);
  const consumed = await consumeAll(consumer, topic);

  const latencyTopic = newTopic();
  const latencies: number[] = [];
  await consumer.consume({
    groupId: `bench-${randomUUID()}`,
    routes: [on(latencyTopic, ({ value }) => void latencies.push(performance.now() - value.sent))],
  });
  for (let n = 0; n < LATENCY_SAMPLES; n += 1) {
    await publisher.publish({ topic: latencyTopic, key: `peer-${n % KEYS}`, value: record(n) });
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  while (latencies.length < LATENCY_SAMPLES) await new Promise((resolve) => setTimeout(resolve, 5));
  await consumer.stop();
  await publisher.stop();
  return [
    row(`${name}: publish`, 'records/s', published, { name: baseline.publishName, value: baseline.publish }),
    row(
      `${name}: join and consume, committed`,
      'records/s',
      consumed,
      baseline.consume ? { name: baseline.publishName, value: baseline.consume } : undefined,
    ),
    row(`${name}: publish to handler, p50`, 'ms', percentile(latencies, 50)),
    row(`${name}: publish to handler, p99`, 'ms', percentile(latencies, 99)),
  ];
}

async function publishAll(bus: Bus, topic: ReturnType<typeof newTopic>, count: number): Promise<number> {
  const startedAt = performance.now();
  for (let n = 0; n < count; n += AT_ONCE)
    await Promise.all(
      Array.from({ length: AT_ONCE }, (_, i) =>
        bus.publish({ topic, key: `peer-${(n + i) % KEYS}`, value: record(n + i) }),
      ),
    );
  return (count * 1_000) / (performance.now() - startedAt);
}

async function consumeAll(bus: Bus, topic: ReturnType<typeof newTopic>): Promise<number> {
  let count = 0;
  let lastAt = 0;
  let done = () => {};
  const all = new Promise<void>((resolve) => {
    done = resolve;
  });
  const startedAt = performance.now();
  const consumer = await bus.consume({
    groupId: `bench-${randomUUID()}`,
    from: 'earliest',
    routes: [
      on(topic, () => {
        count += 1;
        lastAt = performance.now();
        if (count === RECORDS) done();
      }),
    ],
  });
  await all;
  await consumer.stop();
  return (RECORDS * 1_000) / (lastAt - startedAt);
}

/** Inserts of the same bytes into a table with the same index, as many to a transaction. */
function rawSqlite(path: string): number {
  const db = openSqlite(path);
  db.exec(
    'CREATE TABLE r (id INTEGER PRIMARY KEY, topic TEXT, p INTEGER, key TEXT, value BLOB, at INTEGER); CREATE INDEX i ON r (topic, p, id)',
  );
  const insert = db.prepare('INSERT INTO r (topic, p, key, value, at) VALUES (?, ?, ?, ?, ?)');
  const batch = db.transaction((from: number) => {
    for (let n = from; n < from + AT_ONCE; n += 1)
      insert.run('bench', n % 16, `peer-${n % KEYS}`, Buffer.from(JSON.stringify(record(n))), Date.now());
  });
  const startedAt = performance.now();
  for (let n = 0; n < RECORDS; n += AT_ONCE) batch(n);
  const rate = (RECORDS * 1_000) / (performance.now() - startedAt);
  db.close();
  return rate;
}

/** An idempotent producer with acks=all, and a consumer that only parses and counts. */
async function bareKafka(bootstrapServers: string): Promise<{ publish: number; consume: number }> {
  const kafka = new Kafka({ brokers: [bootstrapServers], logLevel: logLevel.NOTHING });
  const topic = newTopic().name;
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }], waitForLeaders: true });
  await admin.disconnect();
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const send = (n: number) =>
    producer.send({
      topic,
      acks: -1,
      messages: Array.from({ length: AT_ONCE }, (_, i) => ({
        key: `peer-${(n + i) % KEYS}`,
        value: JSON.stringify(record(n + i)),
      })),
    });
  const startedAt = performance.now();
  for (let n = 0; n < RECORDS; n += AT_ONCE) await send(n);
  const publish = (RECORDS * 1_000) / (performance.now() - startedAt);
  await producer.disconnect();

  const consumer = kafka.consumer({ groupId: `bench-${randomUUID()}` });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  let count = 0;
  let lastAt = 0;
  const joinedAt = performance.now();
  await new Promise<void>((resolve) => {
    void consumer.run({
      eachBatch: async ({ batch }) => {
        for (const { value } of batch.messages) if (value) JSON.parse(value.toString());
        count += batch.messages.length;
        lastAt = performance.now();
        if (count >= RECORDS) resolve();
      },
    });
  });
  await consumer.disconnect();
  return { publish, consume: (RECORDS * 1_000) / (lastAt - joinedAt) };
}
