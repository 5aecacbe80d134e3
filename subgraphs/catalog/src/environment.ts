import { busConfig, busVariables, resolveTopics, type Topics, topicVariables } from '@giggityflix/bus';
import type { ProcessConfig } from '@giggityflix/graphql';
import {
  type AuthConfig,
  authConfig,
  authVariables,
  type OriginConfig,
  originConfig,
  originVariables,
} from '@giggityflix/http';
import { logVariables, parseEnvironment, port, type RawEnvironment } from '@giggityflix/kernel';
import { tracingConfig, tracingVariables } from '@giggityflix/telemetry';
import { z } from 'zod';

export const variables = {
  HOST: z.string().default('0.0.0.0').meta({ description: 'Address to listen on' }),
  PORT: port(8082).meta({ description: 'HTTP port: subgraph, artwork, health and metrics' }),
  DATABASE_URL: z
    .string()
    .regex(/^(file:.|postgres(ql)?:\/\/)/, 'expected file:PATH or postgresql://…')
    .default('file:.data/catalog.db')
    .meta({ description: 'file:PATH for SQLite, or postgresql://user:password@host/name', secret: true }),
  KAFKA_GROUP_ID: z.string().min(1).default('catalog-service').meta({ description: 'Consumer group ID' }),
  ...logVariables,
  ...busVariables,
  ...topicVariables,
  ...authVariables,
  ...originVariables,
  ...tracingVariables,
};

export interface CatalogConfig {
  http: { host: string; port: number; guard: OriginConfig };
  databaseUrl: string;
  groupId: string;
  topics: Topics;
  auth: AuthConfig;
}

export interface CatalogProcessConfig extends CatalogConfig, ProcessConfig {}

/** @throws EnvironmentError naming every problem at once. */
export function readEnvironment(env: RawEnvironment = process.env): CatalogProcessConfig {
  const values = parseEnvironment(z.object(variables), env);
  return {
    http: { host: values.HOST, port: values.PORT, guard: originConfig(values) },
    databaseUrl: values.DATABASE_URL,
    groupId: values.KAFKA_GROUP_ID,
    topics: resolveTopics(env),
    auth: authConfig(values),
    logLevel: values.LOG_LEVEL,
    bus: busConfig(values),
    tracing: tracingConfig(values),
  };
}
