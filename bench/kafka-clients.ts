/** Clients of Kafka without the bus: what the one behind the port costs beside another. */
import { randomUUID } from 'node:crypto';
import { kafkaJars, startKafka } from '@giggityflix/testing/processes';
import { Consumer, Producer, stringSerializers } from '@platformatic/kafka';
import { Kafka, logLevel } from 'kafkajs';
import { bareHeaders } from './bus/headers.ts';
import { AT_ONCE, KEYS, PARTITIONS, RECORDS, ROUNDS, record } from './bus/records.ts';
import { type BenchRow, row } from './row.ts';

interface Message {
  key: string;
  value: string;
  headers: Record<string, string>;
}
/** Publishes one batch, acknowledged by all replicas. */
type Send = (topic: string, messages: readonly Message[]) => Promise<unknown>;

interface Cost {
  perSecond: number;
  /** Processor time of this process for a record. */
  micros: number;
}

const NONE: Cost = { perSecond: 0, micros: Number.POSITIVE_INFINITY };
const better = (one: Cost, other: Cost): Cost => ({
  perSecond: Math.max(one.perSecond, other.perSecond),
  micros: Math.min(one.micros, other.micros),
});

export default async function bench(): Promise<BenchRow[]> {
  if (!kafkaJars()) throw new Error('no Kafka: run npm run setup:system');
  const server = await startKafka('java');
  try {
    return await measure(server.bootstrapServers);
  } finally {
    await server.stop();
  }
}

async function measure(bootstrapServers: string): Promise<BenchRow[]> {
  const kafka = new Kafka({ brokers: [bootstrapServers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const ofKafkaJs = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await ofKafkaJs.connect();
  const ofPlatformatic = new Producer({
    clientId: 'bench',
    bootstrapBrokers: [bootstrapServers],
    serializers: stringSerializers,
    idempotent: true,
    maxInflights: 1,
  });
  const senders: [Send, Send] = [
    (topic, messages) => ofKafkaJs.send({ topic, acks: -1, messages: [...messages] }),
    (topic, messages) =>
      ofPlatformatic.send({ acks: -1, messages: messages.map((message) => ({ ...message, topic })) }),
  ];

  let topic = '';
  const published: [Cost, Cost] = [NONE, NONE];
  for (let round = 0; round < ROUNDS; round += 1)
    for (const which of [0, 1] as const) {
      topic = `bench-${randomUUID()}`;
      await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }], waitForLeaders: true });
      published[which] = better(published[which], await publish(senders[which], topic));
    }
  const consumed: [Cost, Cost] = [
    await consumeWithKafkaJs(kafka, topic),
    await consumeWithPlatformatic(bootstrapServers, topic),
  ];
  await ofKafkaJs.disconnect();
  await ofPlatformatic.close();
  await admin.disconnect();
  return [...rows('publish', published), ...rows('consume, after the first batch', consumed)];
}

function rows(what: string, [kafkaJs, platformatic]: [Cost, Cost]): BenchRow[] {
  const name = 'kafkajs';
  return [
    row(`@platformatic/kafka: ${what}`, 'records/s', platformatic.perSecond, {
      name,
      value: kafkaJs.perSecond,
    }),
    row(`@platformatic/kafka: ${what}, CPU`, 'µs/record', platformatic.micros, {
      name,
      value: kafkaJs.micros,
    }),
  ];
}

/** Counts from now, or from the first call of `begin`. */
function stopwatch() {
  let startedAt = performance.now();
  let used = process.cpuUsage();
  let begun = false;
  return {
    begin() {
      if (begun) return;
      begun = true;
      startedAt = performance.now();
      used = process.cpuUsage();
    },
    read(): Cost {
      const { user, system } = process.cpuUsage(used);
      return {
        perSecond: (RECORDS * 1_000) / (performance.now() - startedAt),
        micros: (user + system) / RECORDS,
      };
    },
  };
}

async function publish(send: Send, topic: string): Promise<Cost> {
  const watch = stopwatch();
  for (let n = 0; n < RECORDS; n += AT_ONCE)
    await send(
      topic,
      Array.from({ length: AT_ONCE }, (_, i) => ({
        key: `peer-${(n + i) % KEYS}`,
        value: JSON.stringify(record(n + i)),
        headers: bareHeaders,
      })),
    );
  return watch.read();
}

async function consumeWithKafkaJs(kafka: Kafka, topic: string): Promise<Cost> {
  const consumer = kafka.consumer({ groupId: randomUUID() });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const watch = stopwatch();
  let count = 0;
  await new Promise<void>((resolve) => {
    void consumer.run({
      eachBatch: async ({ batch }) => {
        watch.begin();
        for (const { value } of batch.messages) if (value) JSON.parse(value.toString());
        count += batch.messages.length;
        if (count >= RECORDS) resolve();
      },
    });
  });
  const cost = watch.read();
  await consumer.disconnect();
  return cost;
}

async function consumeWithPlatformatic(bootstrapServers: string, topic: string): Promise<Cost> {
  const consumer = new Consumer({
    clientId: 'bench',
    groupId: randomUUID(),
    bootstrapBrokers: [bootstrapServers],
  });
  const watch = stopwatch();
  const stream = await consumer.consume({ topics: [topic], mode: 'earliest', autocommit: true });
  let count = 0;
  await new Promise<void>((resolve) => {
    stream.on('data', ({ value }) => {
      watch.begin();
      if (value) JSON.parse(value.toString());
      count += 1;
      if (count === RECORDS) resolve();
    });
  });
  const cost = watch.read();
  await consumer.close(true);
  return cost;
}
