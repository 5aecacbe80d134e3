import type { Logger } from '@giggityflix/kernel';
import type { Admin, Kafka, Consumer as KafkaConsumer } from 'kafkajs';
import { v7 as uuidv7 } from 'uuid';
import type { BroadcastOptions, Consumer } from '../bus.ts';
import { deliverOnce, routesByTopic } from '../delivery.ts';
import { placeOf } from '../record.ts';
import { heartbeatIntervalMs, withTimeout } from './client.ts';
import type { Consumption } from './consumption.ts';
import { toStoredRecord } from './record.ts';
import { superviseConsumer } from './supervisor.ts';
import type { KafkaTopics } from './topics.ts';
import { untilSettled } from './transient.ts';

const MAX_FETCH_WAIT_MS = 500;

/**
 * Reads whole topics, from now on or from some time on, through a group of its own that commits nothing and is deleted at the
 * end; after a crash the broker drops the empty group by itself.
 */
export async function startKafkaBroadcast(
  options: BroadcastOptions,
  deps: {
    kafka: Kafka;
    admin: Admin;
    topics: KafkaTopics;
    sessionTimeoutMs: number;
    groupPrefix: string;
    logger: Logger;
    consumption: Consumption;
  },
): Promise<Consumer> {
  const { admin, logger } = deps;
  const routes = routesByTopic(options.routes);
  const names = [...routes.keys()];
  await deps.topics.ensure(names);
  const name = `${deps.groupPrefix}.broadcast`;
  let groupId = '';
  let stopped: Promise<void> | null = null;
  /** The offset each partition is to be read from next. */
  const next = new Map<string, bigint>();
  const { since } = options;
  // Where nothing was published since then the broker names the end.
  const beginningsOf = async (topic: string): Promise<{ partition: number; offset: string }[]> =>
    since === undefined
      ? (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => ({ partition, offset: high }))
      : admin.fetchTopicOffsetsByTimestamp(topic, since);
  for (const topic of names)
    for (const { partition, offset } of await untilSettled(() => beginningsOf(topic)))
      next.set(placeOf({ topic, partition }), BigInt(offset));

  const supervised = superviseConsumer({
    name,
    logger,
    renewed() {},
    state: deps.consumption.add(name),

    async create(stopping) {
      // A group of its own each time: in that of a consumer that failed it would wait until the broker considers it lost.
      groupId = `${name}.${uuidv7()}`;
      const consumer = deps.kafka.consumer({
        groupId,
        sessionTimeout: deps.sessionTimeoutMs,
        heartbeatInterval: heartbeatIntervalMs(deps.sessionTimeoutMs),
        maxWaitTimeInMs: MAX_FETCH_WAIT_MS,
        allowAutoTopicCreation: false,
        retry: { restartOnFailure: async () => !stopping.aborted },
      });
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        for (const [topic, partitions] of Object.entries(
          payload.memberAssignment as Record<string, number[]>,
        ))
          for (const partition of partitions) {
            const offset = next.get(placeOf({ topic, partition }));
            if (offset !== undefined) consumer.seek({ topic, partition, offset: String(offset) });
          }
      });
      return consumer;
    },

    async run(consumer: KafkaConsumer) {
      await consumer.connect();
      await consumer.subscribe({ topics: names, fromBeginning: false });
      await consumer.run({
        autoCommit: false,
        eachMessage: async ({ topic, partition, message }) => {
          const place = placeOf({ topic, partition });
          const offset = BigInt(message.offset);
          if (stopped || offset < (next.get(place) ?? 0n)) return;
          next.set(place, offset + 1n);
          await deliverOnce(toStoredRecord(topic, partition, message), routes, logger);
        },
      });
    },
  });
  await supervised.enter();

  return {
    stop() {
      stopped ??= (async () => {
        const leave = async () => {
          await supervised.leave();
          await admin.deleteGroups([groupId]);
        };
        await withTimeout(leave(), 'leaving the group').catch((error: unknown) =>
          logger.debug({ err: error, consumer: name }, 'left the group to the broker to delete'),
        );
      })();
      return stopped;
    },
  };
}
