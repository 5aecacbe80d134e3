import { busVariables, topicVariables } from '@giggityflix/bus';
import {
  authVariables,
  metricsVariables,
  originVariables,
  serviceTokenVariable,
  tlsVariables,
  trustedProxies,
} from '@giggityflix/http';
import { duration, list, logVariables, port } from '@giggityflix/kernel';
import { tracingVariables } from '@giggityflix/telemetry';
import { z } from 'zod';

const { NODE_ENV, AUTH_AUDIENCE, SERVICE_TOKENS } = authVariables;

/** What may be set, with its default and its description in docs/configuration.md; `environment.ts` reads it. */
export const variables = {
  ...logVariables,
  HOST: z.string().default('0.0.0.0').meta({ description: 'Address the HTTP server listens on' }),
  PORT: port(8081).meta({
    description: 'HTTP port: OpenID provider, its pages, entitlements, health and metrics',
  }),
  ...tlsVariables,
  NODE_ENV,
  AUTH_ISSUER: z
    .url({ protocol: /^https?$/ })
    .default('http://localhost:8081')
    .meta({
      description:
        'Address under which browsers reach this service, and `iss` of its tokens; every other service has the same. https in production, but for this machine',
    }),
  AUTH_AUDIENCE,
  SERVICE_TOKENS,
  ...originVariables,
  TRUSTED_PROXIES: trustedProxies().meta({
    description: 'Addresses and CIDR blocks of proxies whose X-Forwarded-For is believed',
  }),
  ...metricsVariables,
  ...tracingVariables,
  ...busVariables,
  KAFKA_IDENTITY_ACCESS_CHANGED_TOPIC: topicVariables.KAFKA_IDENTITY_ACCESS_CHANGED_TOPIC!,
  DATABASE_URL: z
    .string()
    .regex(/^(file:.|postgres(ql)?:\/\/)/, 'expected file:PATH or postgresql://…')
    .default('file:.data/identity.db')
    .meta({ description: 'file:PATH for SQLite, or postgresql://user:password@host/name', secret: true }),
  PAGE_REDIRECT_URIS: list('http://localhost:4000/').meta({
    description:
      'Where the page may be after sign-in and sign-out, comma-separated whole addresses; the client giggityflix-page',
  }),
  CLIENTS_PATH: z
    .string()
    .optional()
    .meta({ description: 'JSON file of further clients: applications and backends, see docs/identity.md' }),
  UPSTREAM_PROVIDERS_PATH: z.string().optional().meta({
    description: 'JSON file of other OpenID providers by which people sign in, see docs/identity.md',
  }),
  CATALOG_SERVICE_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({
      description:
        'Catalog URL: it is asked whether someone who is limited to libraries or a rating may watch a title; unset, viewing and the subgraphs alone see to that',
    }),
  SERVICE_TOKEN: serviceTokenVariable('Token presented to the catalog'),
  PLANS_PATH: z
    .string()
    .optional()
    .meta({ description: 'JSON file of plans: streams at once and regions, see docs/identity.md' }),
  ACCESS_TOKEN_LIFETIME: duration('5m', { minMs: 10_000 }).meta({
    description:
      'How long an access token is valid, less than an hour: so long one that was taken back is accepted where the bus is unavailable',
  }),
  REFRESH_TOKEN_LIFETIME: duration('720h', { minMs: 60_000 }).meta({
    description: 'After so long without use a device has to sign in again',
  }),
  SESSION_LIFETIME: duration('8760h', { minMs: 60_000 }).meta({
    description: 'After so long a device has to sign in again in any case',
  }),
  SIGNING_KEY_ROTATION: duration('720h', { minMs: 60_000 }).meta({ description: 'How long a key signs' }),
  INVITATION_LIFETIME: duration('168h', { minMs: 1_000 }).meta({
    description: 'How long an invitation can be used',
  }),
  AUDIT_RETENTION: duration('8760h', { minMs: 60_000 }).meta({
    description: 'How long the audit log goes back',
  }),
};
