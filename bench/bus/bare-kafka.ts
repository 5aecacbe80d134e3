/**
 * Bare kafkajs, in a thread that has loaded nothing of ours: an idempotent producer with acks=all, and a consumer that only
 * parses and counts.
 */
import { randomUUID } from 'node:crypto';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { Kafka, logLevel } from 'kafkajs';
import { bareHeaders } from './headers.ts';
import { AT_ONCE, KEYS, PARTITIONS, RECORDS, ROUNDS, record } from './records.ts';

/** Records a second. */
export interface BareKafkaRates {
  /** With the headers that the bus writes. */
  publish: number;
  publishWithoutHeaders: number;
  consume: number;
}

export function bareKafkaRates(bootstrapServers: string): Promise<BareKafkaRates> {
  const worker = new Worker(new URL(import.meta.url), { workerData: bootstrapServers });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

async function measure(bootstrapServers: string): Promise<BareKafkaRates> {
  const kafka = new Kafka({ brokers: [bootstrapServers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();

  const publish = async (extra: { headers?: typeof bareHeaders }) => {
    const topic = `bare-${randomUUID()}`;
    await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS }], waitForLeaders: true });
    const startedAt = performance.now();
    for (let n = 0; n < RECORDS; n += AT_ONCE)
      await producer.send({
        topic,
        acks: -1,
        messages: Array.from({ length: AT_ONCE }, (_, i) => ({
          key: `peer-${(n + i) % KEYS}`,
          value: JSON.stringify(record(n + i)),
          ...extra,
        })),
      });
    return { topic, rate: (RECORDS * 1_000) / (performance.now() - startedAt) };
  };

  const rates = { publish: 0, publishWithoutHeaders: 0 };
  let topic = '';
  for (let round = 0; round < ROUNDS; round += 1) {
    rates.publishWithoutHeaders = Math.max(rates.publishWithoutHeaders, (await publish({})).rate);
    const published = await publish({ headers: bareHeaders });
    rates.publish = Math.max(rates.publish, published.rate);
    topic = published.topic;
  }
  await producer.disconnect();
  await admin.disconnect();
  return { ...rates, consume: await consume(kafka, topic) };
}

async function consume(kafka: Kafka, topic: string): Promise<number> {
  const consumer = kafka.consumer({ groupId: `bare-${randomUUID()}` });
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
  return (RECORDS * 1_000) / (lastAt - joinedAt);
}

if (!isMainThread && parentPort) parentPort.postMessage(await measure(workerData as string));
