import { EnvironmentError, parseEnvironment } from '@giggityflix/kernel';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { busConfig, busVariables } from './config.ts';

const parse = (env: Record<string, string>) => busConfig(parseEnvironment(z.object(busVariables), env));

describe('the configuration of the bus', () => {
  it('is Kafka on this machine when nothing is set', () => {
    expect(parse({})).toEqual({
      kind: 'kafka',
      brokers: ['localhost:9092'],
      partitions: 12,
      replicationFactor: -1,
      sessionTimeoutMs: 10_000,
      ssl: null,
      sasl: null,
    });
  });

  it('is a file when embedded, whatever is said of Kafka', () => {
    expect(parse({ BUS: 'embedded', BUS_PATH: '/tmp/b.sqlite', KAFKA_BOOTSTRAP_SERVERS: 'k:1' })).toEqual({
      kind: 'embedded',
      path: '/tmp/b.sqlite',
    });
  });

  it('takes several brokers and credentials', () => {
    expect(
      parse({
        KAFKA_BOOTSTRAP_SERVERS: 'one:9092, two:9092',
        KAFKA_SSL: 'true',
        KAFKA_SASL_MECHANISM: 'scram-sha-512',
        KAFKA_SASL_USERNAME: 'edge',
        KAFKA_SASL_PASSWORD: 'secret',
      }),
    ).toMatchObject({
      brokers: ['one:9092', 'two:9092'],
      ssl: {},
      sasl: { mechanism: 'scram-sha-512', username: 'edge', password: 'secret' },
    });
  });

  it.each([
    [{ KAFKA_BOOTSTRAP_SERVERS: ',' }, /KAFKA_BOOTSTRAP_SERVERS/],
    [{ KAFKA_BOOTSTRAP_SERVERS: 'http://broker:9092' }, /KAFKA_BOOTSTRAP_SERVERS/],
    [{ BUS: 'redis' }, /BUS is invalid/],
    [{ KAFKA_TOPIC_PARTITIONS: '0' }, /KAFKA_TOPIC_PARTITIONS/],
    [{ KAFKA_SASL_MECHANISM: 'plain' }, /KAFKA_SASL_USERNAME/],
    [{ KAFKA_SSL_CA_PATH: '/nowhere.crt' }, /KAFKA_SSL_CA_PATH is invalid: cannot be read/],
    [{ KAFKA_SSL_KEY_PATH: import.meta.filename }, /KAFKA_SSL_CERT_PATH and KAFKA_SSL_KEY_PATH go together/],
  ])('refuses %j', (env, problem) => {
    expect(() => parse(env as Record<string, string>)).toThrow(problem);
    expect(() => parse(env as Record<string, string>)).toThrow(EnvironmentError);
  });
});
