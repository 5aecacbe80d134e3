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
import { z } from 'zod';
import { bareKafkaRates } from './bus/bare-kafka.ts';
import { AT_ONCE, KEYS, PARTITIONS, RECORDS, ROUNDS, record } from './bus/records.ts';
import { type BenchRow, percentile, row } from './row.ts';

const LATENCY_SAMPLES = 500;

const logger = createLogger({ service: 'bench', level: 'silent' });
const schema = z.object({ peer_id: z.string(), n: z.int(), sent: z.number(), padding: z.string() });
const newTopic = () => ({ name: `bench-${randomUUID()}`, type: 'bench', schema });

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
      const bare = await bareKafkaRates(server.bootstrapServers);
      const config = {
        brokers: [server.bootstrapServers],
        partitions: PARTITIONS,
        replicationFactor: 1,
        sessionTimeoutMs: 10_000,
        ssl: null,
        sasl: null,
      };
      const kafka = [0, 1].map(() => createKafkaBus(config, { clientId: 'bench', logger })) as [Bus, Bus];
      rows.push(...(await measure('Kafka', kafka, { ...bare, publishName: 'bare kafkajs, same headers' })));
    } finally {
      await server.stop();
    }
    return rows;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

interface Baseline {
  /** Records a second. */
  publish: number;
  publishWithoutHeaders?: number;
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
  let published = await publishAll(publisher, topic, RECORDS);
  for (let round = 1; round < ROUNDS; round += 1)
    published = Math.max(published, await publishAll(publisher, newTopic(), RECORDS));
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
    ...(baseline.publishWithoutHeaders
      ? [
          row(`${name}: publish`, 'records/s', published, {
            name: 'bare kafkajs, no headers',
            value: baseline.publishWithoutHeaders,
          }),
        ]
      : []),
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
