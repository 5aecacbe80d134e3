import type { Logger } from '@giggityflix/kernel';
import { CompressionTypes, type Kafka, type Message, type Producer } from 'kafkajs';
import type { WireRecord } from '../record.ts';
import { createPartitioner } from './partitioner.ts';
import type { KafkaTopics } from './topics.ts';
import { untilSettled } from './transient.ts';

/** Appends records to Kafka in the order of the calls, many calls to a request. */
export interface KafkaPublisher {
  start(): Promise<void>;
  /** Resolves once all in-sync replicas have the records. */
  send(records: readonly WireRecord[]): Promise<void>;
  /** Sends what is waiting, then disconnects. */
  stop(): Promise<void>;
}

interface Waiting {
  records: readonly WireRecord[];
  resolve(): void;
  reject(error: unknown): void;
}

/** Records of one request; with the largest values a request stays far below a broker's 100 MB limit. */
const MAX_BATCH_RECORDS = 2_000;
const MAX_BATCH_BYTES = 900_000;
/** How often what no broker has answered for is sent again before it counts as failed. */
const MAX_ATTEMPTS = 5;
/** Most records waiting for the broker; beyond this, publishing fails at once, to bound the memory. */
export const MAX_WAITING_RECORDS = 50_000;

/**
 * One request is in flight at a time: together with the idempotent producer this keeps the order of a
 * key through retries. What is published meanwhile forms the next request.
 */
export function createKafkaPublisher(kafka: Kafka, topics: KafkaTopics, logger: Logger): KafkaPublisher {
  let producer: Producer | null = null;
  let waiting: Waiting[] = [];
  let waitingRecords = 0;
  let sending: Promise<void> | null = null;
  /** Where messages were sent last. */
  const partitions = new WeakMap<Message, number>();

  const connected = async (): Promise<Producer> => {
    if (producer) return producer;
    const fresh = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: () => {
        const choose = createPartitioner();
        return (given) => {
          const partition = choose(given);
          partitions.set(given.message, partition);
          return partition;
        };
      },
    });
    await fresh.connect().catch(async (error: unknown) => {
      await fresh.disconnect().catch(() => {});
      throw error;
    });
    producer = fresh;
    return fresh;
  };

  /**
   * kafkajs sends a request to each leader, and when one of them fails, tries again with those that have not answered: partitions whose new
   * leader is a broker that has answered for others are never sent, and nothing says so. Whatever is in no answer is sent again here.
   */
  const sendAll = async (active: Producer, records: readonly WireRecord[]) => {
    let topicMessages = byTopic(records);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const answers = await active.sendBatch({
        acks: -1,
        compression: CompressionTypes.None,
        topicMessages,
      });
      const answered = new Set(answers.map(({ topicName, partition }) => `${topicName} ${partition}`));
      topicMessages = topicMessages
        .map(({ topic, messages }) => ({
          topic,
          messages: messages.filter((message) => !answered.has(`${topic} ${partitions.get(message)}`)),
        }))
        .filter(({ messages }) => messages.length > 0);
      if (topicMessages.length === 0) return;
    }
    throw new Error(`no broker has answered for ${topicMessages.map(({ topic }) => topic).join(', ')}`);
  };

  const sendBatch = async (batch: readonly Waiting[]) => {
    const records = batch.flatMap((call) => call.records);
    try {
      await topics.ensure(records.map(({ topic }) => topic));
      await sendAll(await connected(), records);
      for (const { resolve } of batch) resolve();
    } catch (error) {
      logger.warn({ err: error, records: records.length }, 'cannot publish');
      for (const { reject } of batch) reject(error);
      topics.forget();
      // The broker may have forgotten the producer's sequence numbers; a new producer begins again.
      const broken = producer;
      producer = null;
      await broken?.disconnect().catch(() => {});
    }
  };

  const drain = async () => {
    while (waiting.length > 0) {
      const batch = takeBatch(waiting);
      waiting = waiting.slice(batch.length);
      for (const { records } of batch) waitingRecords -= records.length;
      await sendBatch(batch);
    }
    sending = null;
  };

  return {
    async start() {
      // A broker that has just started may not be in what the client knows of the cluster.
      await untilSettled(connected);
    },
    send(records) {
      if (waitingRecords + records.length > MAX_WAITING_RECORDS)
        return Promise.reject(new Error(`${waitingRecords} records are waiting for the broker already`));
      return new Promise((resolve, reject) => {
        waiting.push({ records, resolve, reject });
        waitingRecords += records.length;
        // Calls of the same turn of the event loop travel together.
        sending ??= Promise.resolve().then(drain);
      });
    },
    async stop() {
      await sending;
      await producer?.disconnect();
      producer = null;
    },
  };
}

/** The longest run of calls that fits into a request; at least one. */
function takeBatch(waiting: readonly Waiting[]): Waiting[] {
  const batch: Waiting[] = [];
  let count = 0;
  let bytes = 0;
  for (const call of waiting) {
    count += call.records.length;
    for (const { value } of call.records) bytes += value?.length ?? 0;
    if (batch.length > 0 && (count > MAX_BATCH_RECORDS || bytes > MAX_BATCH_BYTES)) break;
    batch.push(call);
  }
  return batch;
}

function byTopic(records: readonly WireRecord[]): { topic: string; messages: Message[] }[] {
  const messages = new Map<string, Message[]>();
  for (const { topic, key, value, headers } of records) {
    const list = messages.get(topic);
    if (list) list.push({ key, value, headers });
    else messages.set(topic, [{ key, value, headers }]);
  }
  return [...messages].map(([topic, list]) => ({ topic, messages: list }));
}
