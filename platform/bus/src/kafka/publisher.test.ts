import { createLogger } from '@giggityflix/kernel';
import type { ICustomPartitioner, Kafka, Message } from 'kafkajs';
import { expect, it } from 'vitest';
import type { WireRecord } from '../record.ts';
import { createKafkaPublisher } from './publisher.ts';
import type { KafkaTopics } from './topics.ts';

const PARTITIONS = 4;
const logger = createLogger({ service: 'test', level: 'silent' });
const recordOf = (topic: string, key: string): WireRecord =>
  ({ topic, key, value: key, headers: {} }) as never;

/** Brokers of which `answers` says, for each request, for which partitions one answers that it has the records. */
function brokers(answers: (request: number, partition: number) => boolean) {
  const kept: string[] = [];
  let requests = 0;
  const kafka = {
    producer({ createPartitioner }: { createPartitioner: ICustomPartitioner }) {
      const choose = createPartitioner();
      const partitionMetadata = Array.from({ length: PARTITIONS }, (_, partitionId) => ({
        ...{ partitionErrorCode: 0, partitionId, leader: 1 },
        ...{ replicas: [], isr: [], offlineReplicas: [] },
      }));
      return {
        connect: async () => {},
        disconnect: async () => {},
        async sendBatch({ topicMessages }: { topicMessages: { topic: string; messages: Message[] }[] }) {
          requests += 1;
          const answered = new Map<string, { topicName: string; partition: number; errorCode: number }>();
          for (const { topic, messages } of topicMessages)
            for (const message of messages) {
              const partition = choose({ topic, partitionMetadata, message });
              if (!answers(requests, partition)) continue;
              kept.push(`${topic} ${message.key}`);
              answered.set(`${topic} ${partition}`, { topicName: topic, partition, errorCode: 0 });
            }
          return [...answered.values()];
        },
      };
    },
  } as unknown as Kafka;
  const topics = { ensure: async () => {}, forget: () => {} } as unknown as KafkaTopics;
  return { publisher: createKafkaPublisher(kafka, topics, logger), kept, requests: () => requests };
}

const keys = Array.from({ length: 40 }, (_, n) => `key ${n}`);
const records = ['films', 'peers'].flatMap((topic) => keys.map((key) => recordOf(topic, key)));
const names = records.map(({ topic, key }) => `${topic} ${key}`).sort();

it('sends again what no broker has answered for, and nothing else', async () => {
  // As where a partition has moved to a broker that had answered for others.
  const { publisher, kept, requests } = brokers((request, partition) => request > 1 || partition !== 2);
  await publisher.send(records);
  expect(requests()).toBe(2);
  expect([...kept].sort()).toEqual(names);
  // Those of a key are in one partition, in their order.
  expect(kept.filter((name) => name.startsWith('films')).length).toBe(keys.length);
});

it('fails where nobody ever answers for it', async () => {
  const { publisher } = brokers((_request, partition) => partition !== 2);
  await expect(publisher.send(records)).rejects.toThrow('no broker has answered for films, peers');
});
