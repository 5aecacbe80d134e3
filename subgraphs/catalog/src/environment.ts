import {
  busConfig,
  busVariables,
  groupIdVariable,
  resolveTopics,
  type Topics,
  topicVariables,
} from '@giggityflix/bus';
import type { ProcessConfig } from '@giggityflix/graphql';
import {
  type AuthConfig,
  authConfig,
  authVariables,
  metricsVariables,
  type OriginConfig,
  originConfig,
  originVariables,
  type TrustedProxies,
} from '@giggityflix/http';
import { integer, logVariables, parseEnvironment, port, type RawEnvironment } from '@giggityflix/kernel';
import { tracingConfig, tracingVariables } from '@giggityflix/telemetry';
import { z } from 'zod';
import type { StatementLimits } from './statements/statements.ts';

export const variables = {
  HOST: z.string().default('0.0.0.0').meta({ description: 'Address to listen on' }),
  PORT: port(8082).meta({ description: 'HTTP port: subgraph, artwork, health and metrics' }),
  DATABASE_URL: z
    .string()
    .regex(/^(file:.|postgres(ql)?:\/\/)/, 'expected file:PATH or postgresql://…')
    .default('file:.data/catalog.db')
    .meta({ description: 'file:PATH for SQLite, or postgresql://user:password@host/name', secret: true }),
  KAFKA_GROUP_ID: groupIdVariable('catalog-service', 'Consumer group; the replicas of one catalog share it'),
  MAX_DESCRIPTIONS_PER_PEER: integer(20_000, { min: 1, max: 1_000_000 }).meta({
    description:
      'Media files one peer may describe; beyond that, what it says of files it does not hold is given up first',
  }),
  MAX_PICTURES_PER_PEER: integer(20_000, { min: 1, max: 1_000_000 }).meta({
    description: 'Pictures one peer may have in the catalog',
  }),
  ...logVariables,
  ...busVariables,
  ...topicVariables,
  ...authVariables,
  ...originVariables,
  ...metricsVariables,
  ...tracingVariables,
};

export interface CatalogConfig {
  http: { host: string; port: number; guard: OriginConfig; metricsAllowed: TrustedProxies };
  databaseUrl: string;
  groupId: string;
  limits: StatementLimits;
  topics: Topics;
  auth: AuthConfig;
}

export interface CatalogProcessConfig extends CatalogConfig, ProcessConfig {}

/** @throws EnvironmentError naming every problem at once. */
export function readEnvironment(env: RawEnvironment = process.env): CatalogProcessConfig {
  const values = parseEnvironment(z.object(variables), env);
  return {
    http: {
      host: values.HOST,
      port: values.PORT,
      guard: originConfig(values),
      metricsAllowed: values.METRICS_ALLOWED,
    },
    databaseUrl: values.DATABASE_URL,
    groupId: values.KAFKA_GROUP_ID,
    limits: {
      descriptionsPerPeer: values.MAX_DESCRIPTIONS_PER_PEER,
      picturesPerPeer: values.MAX_PICTURES_PER_PEER,
    },
    topics: resolveTopics(env),
    auth: authConfig(values),
    logLevel: values.LOG_LEVEL,
    bus: busConfig(values),
    tracing: tracingConfig(values),
  };
}
