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
    async read(topic) {
      if (!(await topics()).includes(topic)) return [];
      /** By partition, the offset of the next record when reading began; of partitions that hold any. */
      const ends = new Map<number, bigint>();
      let expected = 0n;
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
        expected += BigInt(high) - BigInt(low);
        if (high !== low) ends.set(partition, BigInt(high));
      }
      if (expected > BigInt(MAX_RECORDS_READ)) throw tooMany(topic);
      if (ends.size === 0) return [];
      const groupId = `${config.groupId ?? CLIENT_ID}.read.${uuidv7()}`;
      try {
        const found = await readUntil(kafka, { groupId, topic, ends });
        return found.sort((a, b) => a.partition - b.partition || Number(BigInt(a.offset) - BigInt(b.offset)));
      } finally {
        await admin.deleteGroups([groupId]).catch(() => {});
      }
    },
    append: (records) => publisher.send(records),
    async close() {
      await publisher.stop();
      await admin.disconnect();
    },
  };
}

async function readUntil(
  kafka: Kafka,
  { groupId, topic, ends }: { groupId: string; topic: string; ends: Map<number, bigint> },
): Promise<StoredRecord[]> {
  const found: StoredRecord[] = [];
  const consumer = kafka.consumer({ groupId, allowAutoTopicCreation: false, maxWaitTimeInMs: 200 });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    const left = new Map(ends);
    const read = new Promise<void>((resolve, reject) => {
      // What the broker will get over, such as a coordinator that is loading, kafkajs tries again by itself.
      consumer.on(consumer.events.CRASH, ({ payload }) => payload.restart || reject(payload.error));
      consumer
        .run({
          autoCommit: false,
          eachBatch: async ({ batch }) => {
            const end = left.get(batch.partition);
            if (end === undefined) return;
            for (const message of batch.messages)
              if (BigInt(message.offset) < end) found.push(toStoredRecord(topic, batch.partition, message));
            if (BigInt(batch.lastOffset()) + 1n >= end) left.delete(batch.partition);
            if (left.size === 0) resolve();
          },
        })
        .catch(reject);
    });
    await withDeadline(read, READ_DEADLINE_MS, `reading ${topic}`);
  } finally {
    await consumer.disconnect();
  }
  return found;
}
