import { type Logger, withDeadline } from '@giggityflix/kernel';
import type { Kafka } from 'kafkajs';
import { v7 as uuidv7 } from 'uuid';
import { MAX_RECORDS_READ, type RawRecords, tooMany } from '../raw/raw-records.ts';
import type { StoredRecord } from '../record.ts';
import { createKafkaClient, type KafkaBusConfig } from './client.ts';
import { createKafkaPublisher } from './publisher.ts';
import { toStoredRecord } from './record.ts';
import { createKafkaTopics } from './topics.ts';

const CLIENT_ID = 'records';
/** How long reading a topic may take, in milliseconds. */
const READ_DEADLINE_MS = 60_000;

/** Kafka's own topics. */
const isInternal = (topic: string) => topic.startsWith('__');

export async function openKafkaRecords(config: KafkaBusConfig, logger: Logger): Promise<RawRecords> {
  const kafka = createKafkaClient(config, CLIENT_ID, logger);
  const admin = kafka.admin();
  await admin.connect();
  const publisher = createKafkaPublisher(kafka, createKafkaTopics(admin, config), logger);
  await publisher.start();
  const topics = async () => (await admin.listTopics()).filter((topic) => !isInternal(topic)).sort();
  return {
    topics,
    async read(topic, since = {}) {
      if (!(await topics()).includes(topic)) return [];
      const spans: Span[] = [];
      let expected = 0n;
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
        const from = greater(BigInt(low), BigInt(since[partition] ?? 0));
        const end = BigInt(high);
        if (from >= end) continue;
        expected += end - from;
        spans.push({ partition, from, end });
      }
      if (expected > BigInt(MAX_RECORDS_READ)) throw tooMany(topic);
      if (spans.length === 0) return [];
      const groupId = `${config.groupId ?? CLIENT_ID}.read.${uuidv7()}`;
      try {
        const found = await readSpans(kafka, { groupId, topic, spans });
        return found.sort((a, b) => a.partition - b.partition || Number(BigInt(a.offset) - BigInt(b.offset)));
      } finally {
        await admin.deleteGroups([groupId]).catch(() => {});
      }
    },
    async end(topic) {
      if (!(await topics()).includes(topic)) return {};
      const offsets = await admin.fetchTopicOffsets(topic);
      return Object.fromEntries(offsets.map(({ partition, high }) => [String(partition), high]));
    },
    append: (records) => publisher.send(records),
    async close() {
      await publisher.stop();
      await admin.disconnect();
    },
  };
}

/** The records of a partition from one offset up to, but without, another. */
interface Span {
  partition: number;
  from: bigint;
  end: bigint;
}

const greater = (one: bigint, other: bigint) => (one > other ? one : other);

async function readSpans(
  kafka: Kafka,
  { groupId, topic, spans }: { groupId: string; topic: string; spans: readonly Span[] },
): Promise<StoredRecord[]> {
  const found: StoredRecord[] = [];
  const consumer = kafka.consumer({ groupId, allowAutoTopicCreation: false, maxWaitTimeInMs: 200 });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    const left = new Map(spans.map((span) => [span.partition, span]));
    const read = new Promise<void>((resolve, reject) => {
      // What the broker will get over, such as a coordinator that is loading, kafkajs tries again by itself.
      consumer.on(consumer.events.CRASH, ({ payload }) => payload.restart || reject(payload.error));
      consumer
        .run({
          autoCommit: false,
          eachBatch: async ({ batch }) => {
            const span = left.get(batch.partition);
            if (!span) return;
            for (const message of batch.messages) {
              const offset = BigInt(message.offset);
              if (offset >= span.from && offset < span.end)
                found.push(toStoredRecord(topic, batch.partition, message));
            }
            if (BigInt(batch.lastOffset()) + 1n >= span.end) left.delete(batch.partition);
            if (left.size === 0) resolve();
          },
        })
        .catch(reject);
      for (const { partition, from } of spans) consumer.seek({ topic, partition, offset: String(from) });
    });
    await withDeadline(read, READ_DEADLINE_MS, `reading ${topic}`);
  } finally {
    await consumer.disconnect();
  }
  return found;
}
