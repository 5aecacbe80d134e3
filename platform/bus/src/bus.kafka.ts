// Before all that imports kafkajs.
import './kafka/faster-encoding.ts';
import './kafka/request-timer.ts';
import type { Logger } from '@giggityflix/kernel';
import type { Bus, Consumer } from './bus.ts';
import { startKafkaBroadcast } from './kafka/broadcast.ts';
import { createKafkaClient, type KafkaBusConfig, withTimeout } from './kafka/client.ts';
import { createConsumption } from './kafka/consumption.ts';
import { joinKafkaGroup } from './kafka/member.ts';
import { createKafkaPublisher } from './kafka/publisher.ts';
import { createReachability } from './kafka/reachability.ts';
import { createKafkaTopics } from './kafka/topics.ts';
import { type BusMetrics, NO_BUS_METRICS } from './metrics.ts';
import { createPublish } from './publishing.ts';

export type { KafkaBusConfig } from './kafka/client.ts';

/** A bus on Apache Kafka: idempotent producer, `acks=all`, offsets committed after the effect. */
export function createKafkaBus(
  config: KafkaBusConfig,
  deps: { clientId: string; logger: Logger; metrics?: BusMetrics },
): Bus {
  const { clientId, logger } = deps;
  const metrics = deps.metrics ?? NO_BUS_METRICS;
  const kafka = createKafkaClient(config, clientId, logger);
  const admin = kafka.admin();
  const topics = createKafkaTopics(admin, config);
  const publisher = createKafkaPublisher(kafka, topics, logger);
  const consumers = new Set<Consumer>();
  const reachability = createReachability({ check: () => admin.describeCluster() });
  const consumption = createConsumption({ sessionTimeoutMs: config.sessionTimeoutMs, reachability, metrics });
  metrics.connected(false);

  const keep = <C extends Consumer>(consumer: C): C => {
    consumers.add(consumer);
    return {
      ...consumer,
      async stop() {
        await consumer.stop();
        consumers.delete(consumer);
      },
    };
  };

  return {
    async start() {
      await admin.connect();
      await publisher.start();
      metrics.connected(true);
    },

    async stop() {
      await Promise.all([...consumers].map((consumer) => consumer.stop()));
      consumers.clear();
      consumption.stop();
      for (const leave of [publisher.stop, admin.disconnect])
        await withTimeout(leave(), 'leaving Kafka').catch((error: unknown) =>
          logger.warn({ err: error }, 'the connection to Kafka was not closed cleanly'),
        );
    },

    async check() {
      const reached = await reachability.current();
      if (!reached.reachable) throw new Error(`Kafka cannot be reached: ${reached.problem}`);
    },
    ready: consumption.ready,

    publish: createPublish({ clientId, metrics, send: publisher.send }),

    async consume(options) {
      const send = (record: Parameters<typeof publisher.send>[0][number]) => publisher.send([record]);
      return keep(
        await joinKafkaGroup(options, {
          kafka,
          admin,
          topics,
          sessionTimeoutMs: config.sessionTimeoutMs,
          consumption,
          send,
          logger,
          metrics,
        }),
      );
    },

    async broadcast(options) {
      return keep(
        await startKafkaBroadcast(options, {
          kafka,
          admin,
          topics,
          sessionTimeoutMs: config.sessionTimeoutMs,
          consumption,
          groupPrefix: config.groupId ?? clientId,
          logger,
        }),
      );
    },
  };
}
