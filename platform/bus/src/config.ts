import {
  duration,
  EnvironmentError,
  emptyAllowed,
  fileContent,
  flag,
  integer,
  type Logger,
  list,
  secret,
} from '@giggityflix/kernel';
import type { Registry } from 'prom-client';
import { z } from 'zod';
import type { EmbeddedBusConfig } from './bus.embedded.ts';
import type { KafkaBusConfig } from './bus.kafka.ts';
import type { Bus } from './bus.ts';
import { createBusMetrics } from './metrics.ts';
import { traceBus } from './trace-bus.ts';

const brokers = z
  .array(z.string().regex(/^(\[[^\]]+\]|[^\s:/]+):\d{1,5}$/, 'expected host:port, comma-separated'))
  .min(1, 'expected at least one broker as host:port');

/** The variables of a process that uses the bus. */
export const busVariables = {
  BUS: z.enum(['kafka', 'embedded']).default('kafka').meta({
    description: 'kafka, or embedded for processes of one machine that share the file BUS_PATH',
  }),
  BUS_PATH: z.string().default('.data/bus.sqlite').meta({ description: 'SQLite file of the embedded bus' }),
  KAFKA_BOOTSTRAP_SERVERS: list('localhost:9092').pipe(brokers).meta({
    description: 'Kafka brokers, host:port, comma-separated',
  }),
  KAFKA_TOPIC_PARTITIONS: integer(12, { min: 1, max: 10_000 }).meta({
    description: 'Partitions of topics created by this process; the most processes that share a topic’s work',
  }),
  KAFKA_REPLICATION_FACTOR: integer(-1, { min: -1, max: 100 }).meta({
    description: 'Replicas of topics created by this process; -1 takes the brokers’ default',
  }),
  KAFKA_SESSION_TIMEOUT: duration('10s', { minMs: 1_000 }).meta({
    description: 'A consumer without a heartbeat for so long loses its partitions to the others of its group',
  }),
  KAFKA_SSL: flag(false).meta({ description: 'Connect to Kafka over TLS' }),
  KAFKA_SSL_CA_PATH: fileContent().meta({ description: 'Certificate authority of the Kafka brokers' }),
  KAFKA_SSL_CERT_PATH: fileContent().meta({ description: 'Client certificate for Kafka' }),
  KAFKA_SSL_KEY_PATH: fileContent().meta({ description: 'Key of the client certificate for Kafka' }),
  KAFKA_SASL_MECHANISM: z
    .enum(['none', 'plain', 'scram-sha-256', 'scram-sha-512'])
    .default('none')
    .meta({ description: 'How this process authenticates to Kafka' }),
  KAFKA_SASL_USERNAME: emptyAllowed(z.string().default('').meta({ description: 'Kafka user' })),
  KAFKA_SASL_PASSWORD: emptyAllowed(
    secret(z.string().default('').meta({ description: 'Password of the Kafka user' })),
  ),
};

/** `KAFKA_GROUP_ID` of a service whose processes share the work of one consumer group. */
export function groupIdVariable(defaultValue: string, description: string) {
  return z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,200}$/, 'expected 1 to 200 letters, digits, ".", "_" or "-"')
    .default(defaultValue)
    .meta({ description });
}

export type BusConfig = ({ kind: 'embedded' } & EmbeddedBusConfig) | ({ kind: 'kafka' } & KafkaBusConfig);

/**
 * Turns parsed {@link busVariables} into one nested object.
 *
 * `KAFKA_GROUP_ID` begins the names of all consumer groups of a service that has it, so that one rule of access
 * covers them.
 *
 * @throws EnvironmentError when credentials are needed but not given, or a certificate comes without its key.
 */
export function busConfig(
  env: z.output<z.ZodObject<typeof busVariables>> & { KAFKA_GROUP_ID?: string },
): BusConfig {
  if (env.BUS === 'embedded') return { kind: 'embedded', path: env.BUS_PATH };
  if (env.KAFKA_SASL_MECHANISM !== 'none' && env.KAFKA_SASL_USERNAME === '')
    throw new EnvironmentError([`KAFKA_SASL_USERNAME is missing: ${env.KAFKA_SASL_MECHANISM} needs it`]);
  if ((env.KAFKA_SSL_CERT_PATH === undefined) !== (env.KAFKA_SSL_KEY_PATH === undefined))
    throw new EnvironmentError(['KAFKA_SSL_CERT_PATH and KAFKA_SSL_KEY_PATH go together']);
  return {
    kind: 'kafka',
    brokers: env.KAFKA_BOOTSTRAP_SERVERS,
    groupId: env.KAFKA_GROUP_ID,
    partitions: env.KAFKA_TOPIC_PARTITIONS,
    replicationFactor: env.KAFKA_REPLICATION_FACTOR,
    sessionTimeoutMs: env.KAFKA_SESSION_TIMEOUT,
    ssl: env.KAFKA_SSL
      ? { ca: env.KAFKA_SSL_CA_PATH, cert: env.KAFKA_SSL_CERT_PATH, key: env.KAFKA_SSL_KEY_PATH }
      : null,
    sasl:
      env.KAFKA_SASL_MECHANISM === 'none'
        ? null
        : {
            mechanism: env.KAFKA_SASL_MECHANISM,
            username: env.KAFKA_SASL_USERNAME,
            password: env.KAFKA_SASL_PASSWORD,
          },
  };
}

/**
 * The bus that the configuration names; only the client of that bus is loaded. `clientId` is the `ce_source` of what
 * it publishes.
 */
export async function createBus(options: {
  config: BusConfig;
  clientId: string;
  logger: Logger;
  metrics?: Registry;
}): Promise<Bus> {
  const { config, clientId, logger } = options;
  const deps = { clientId, logger, metrics: options.metrics && createBusMetrics(options.metrics) };
  if (config.kind === 'embedded') {
    const { createEmbeddedBus } = await import('./bus.embedded.ts');
    return traceBus(createEmbeddedBus(config, deps), 'giggityflix_embedded');
  }
  const { createKafkaBus } = await import('./bus.kafka.ts');
  return traceBus(createKafkaBus(config, deps), 'kafka');
}
