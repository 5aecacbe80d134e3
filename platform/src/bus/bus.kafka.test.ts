import { Kafka, logLevel } from 'kafkajs';
import { describe } from 'vitest';
import { realKafka } from '../../../tests/support/index.ts';
import { busCompliance } from './bus.compliance.ts';

const kafka = await realKafka();

describe.skipIf(kafka.skip)('on a real broker', () => {
  busCompliance(
    'the Kafka bus',
    async () => {
      const brokers = [kafka.bootstrapServers];
      const producer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer();
      await producer.connect();
      return {
        config: {
          kind: 'kafka',
          brokers,
          partitions: 4,
          replicationFactor: 1,
          sessionTimeoutMs: 2_000,
          ssl: null,
          sasl: null,
        },
        async appendRaw(topic, key, value) {
          await producer.send({ topic, messages: [{ key, value }] });
        },
        close: () => producer.disconnect(),
      };
    },
    { takeoverMs: 8_000 },
  );
});
