import { randomUUID } from 'node:crypto';
import { createLogger, parseEnvironment } from '@giggityflix/kernel';
import { realKafka } from '@giggityflix/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { complianceTopic } from '../compliance/topic.ts';
import { type Bus, on } from './bus.ts';
import { busConfig, busVariables, createBus } from './config.ts';

const kafka = await realKafka();
const { secure } = kafka;
const reason = kafka.skip || (secure ? false : 'the broker of the environment has no such listener');

describe.skipIf(reason)('the Kafka bus over TLS with a client certificate', () => {
  const open = (env: Record<string, string | undefined>): Promise<Bus> =>
    createBus({
      config: busConfig(
        parseEnvironment(z.object(busVariables), {
          KAFKA_BOOTSTRAP_SERVERS: secure!.bootstrapServers,
          KAFKA_TOPIC_PARTITIONS: '1',
          KAFKA_SSL: 'true',
          KAFKA_SSL_CA_PATH: secure!.certPath,
          KAFKA_SSL_CERT_PATH: secure!.certPath,
          KAFKA_SSL_KEY_PATH: secure!.keyPath,
          KAFKA_SASL_USERNAME: secure!.username,
          KAFKA_SASL_PASSWORD: secure!.password,
          ...env,
        }),
      ),
      clientId: 'test',
      logger: createLogger({ service: 'test', level: 'silent' }),
    });

  it.each(['plain', 'scram-sha-512'])('carries records for who proves itself by %s', async (mechanism) => {
    const bus = await open({ KAFKA_SASL_MECHANISM: mechanism });
    const topic = complianceTopic(`secure-${randomUUID()}`);
    const received: unknown[] = [];
    await bus.start();
    await bus.consume({
      groupId: randomUUID(),
      routes: [on(topic, ({ value }) => void received.push(value))],
    });
    await bus.publish({ topic, key: 'k', value: { n: 7 } });
    await expect.poll(() => received, { timeout: 10_000 }).toEqual([{ n: 7 }]);
    await bus.stop();
  });

  it.each([
    ['a wrong password', { KAFKA_SASL_PASSWORD: 'wrong' }],
    ['a broker without a trusted certificate', { KAFKA_SSL_CA_PATH: undefined }],
  ])('does not get past %s', async (_what, env) => {
    const bus = await open({ KAFKA_SASL_MECHANISM: 'plain', ...env });
    await expect(bus.start()).rejects.toThrow();
    await bus.stop();
  });
});
