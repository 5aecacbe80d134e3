import { busVariables, groupIdVariable, topicVariables } from '@giggityflix/bus';
import {
  authVariables,
  metricsVariables,
  originVariables,
  serviceTokenVariable,
  trustedProxies,
} from '@giggityflix/http';
import { duration, emptyAllowed, flag, integer, list, logVariables, port, secret } from '@giggityflix/kernel';
import { redisVariables } from '@giggityflix/state';
import { tracingVariables } from '@giggityflix/telemetry';
import { z } from 'zod';
import { MAX_SOURCES } from './signalling/negotiations.ts';

const secretText = (description: string) => secret(z.string().optional().meta({ description }));

/** What may be set, with its default and its description in docs/configuration.md; `environment.ts` reads it. */
export const variables = {
  ...logVariables,
  HOST: z.string().default('0.0.0.0').meta({ description: 'Address the HTTP server listens on' }),
  SERVER_PORT: port(8080).meta({ description: 'HTTP server port' }),
  ...authVariables,
  ...originVariables,
  ...metricsVariables,
  ...tracingVariables,
  ...busVariables,
  KAFKA_GROUP_ID: groupIdVariable(
    'viewing-history',
    'Consumer group that writes the history; the other groups begin with it',
  ),
  ...topicVariables,
  STATE: z
    .enum(['redis', 'embedded'])
    .default('redis')
    .meta({ description: 'Where session state is stored' }),
  STATE_PATH: z
    .string()
    .default('.data/viewing.sqlite')
    .meta({ description: 'SQLite file of the embedded state; signing keys are kept beside it' }),
  REDIS_ADDR: z
    .string()
    .regex(/^(\[[^\]]+\]|[^:]+)(:\d{1,5})?$/, 'expected host:port')
    .optional()
    .meta({ description: 'Redis address, host:port; REDIS_HOST and REDIS_PORT when unset (localhost:6379)' }),
  ...redisVariables,
  DATABASE_URL: z
    .string()
    .regex(/^(file:|postgres(ql)?:\/\/)/, 'expected file:… or postgresql://…')
    .default('file:.data/viewing-history.sqlite')
    .meta({
      description: 'Database of the session log and watch progress, where POSTGRES_ENABLED is off',
      secret: true,
    }),
  POSTGRES_ENABLED: flag(false).meta({ description: 'Enable PostgreSQL' }),
  POSTGRES_HOST: z.string().default('localhost').meta({ description: 'PostgreSQL host' }),
  POSTGRES_PORT: port(5432).meta({ description: 'PostgreSQL port' }),
  POSTGRES_USER: z.string().default('postgres').meta({ description: 'PostgreSQL user' }),
  POSTGRES_PASSWORD: emptyAllowed(
    secret(z.string().default('').meta({ description: 'PostgreSQL password' })),
  ),
  POSTGRES_DB: z.string().default('viewing_service').meta({ description: 'PostgreSQL database name' }),
  JWT_SECRET: secretText(
    'Secret key for signing tokens with HS256; unset signs with EdDSA and publishes the keys. Production takes 32 bytes or more, and not the documented placeholder',
  ),
  JWT_ACCEPTED_SECRET: secretText(
    'A further secret whose HS256 tokens are taken and that signs none, for the time in which JWT_SECRET is changed',
  ),
  JWT_EXPIRATION: duration('1h', { minMs: 1_000 }).meta({ description: 'Token expiration duration' }),
  PLAYBACK_TOKEN_LIFETIME: duration('5m', { minMs: 1_000 }).meta({
    description:
      'How long the token that a heartbeat returns lives, and how long after its issue any token opens a stream; JWT_EXPIRATION where that is shorter',
  }),
  PLAYBACK_SIGNING_KEY: secretText(
    'Ed25519 private keys in PEM (PKCS #8), the first of which signs; unset, the state store holds keys that rotate by themselves',
  ),
  PLAYBACK_KEY_ROTATION: duration('720h', { minMs: 60_000 }).meta({
    description: 'How long a kept key signs',
  }),
  IDENTITY_SERVICE_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({ description: 'Identity Service URL; unset, ACCOUNTS_PATH says who is entitled' }),
  IDENTITY_WHEN_UNAVAILABLE: z.enum(['closed', 'open']).default('closed').meta({
    description:
      'While identity is unavailable: refuse with 503 (closed) or entitle with the defaults (open)',
  }),
  ACCOUNTS_PATH: z
    .string()
    .optional()
    .meta({ description: 'JSON file of plans and accounts, for when there is no Identity Service' }),
  UNKNOWN_ACCOUNTS: z
    .enum(['refuse', 'entitle'])
    .default('refuse')
    .meta({ description: 'Accounts not in ACCOUNTS_PATH; entitle is refused in production' }),
  CONTENT_SERVICE_URL: z
    .url({ protocol: /^https?$/ })
    .default('http://localhost:8082')
    .meta({ description: 'Content Service URL' }),
  TRACKER_SERVICE_URL: z
    .url({ protocol: /^https?$/ })
    .default('http://localhost:8000')
    .meta({ description: 'Tracker URL' }),
  SERVICE_TOKEN: serviceTokenVariable('Bearer token presented to the services above'),
  UPSTREAM_TIMEOUT: duration('2s', { minMs: 50 }).meta({
    description: 'Longest wait for an answer of those services',
  }),
  MAX_CONCURRENT_STREAMS: integer(4, { min: 1, max: 1_000 }).meta({
    description: 'Maximum concurrent streams per account',
  }),
  PLAYBACK_MAX_SOURCES: integer(MAX_SOURCES, { min: 1, max: MAX_SOURCES }).meta({
    description: 'Peers that may serve one playback session at once; 1 plays from a single peer',
  }),
  SESSION_TIMEOUT: duration('24h', { minMs: 1_000 }).meta({ description: 'Session timeout duration' }),
  HEARTBEAT_INTERVAL: duration('30s', { minMs: 100 }).meta({
    description: 'Heartbeat monitoring interval; a session without a heartbeat for three of them has expired',
  }),
  STUN_SERVERS: list('').meta({ description: 'stun: URIs handed to players and peers, comma-separated' }),
  TURN_SERVERS: list('').meta({ description: 'turn: and turns: URIs, comma-separated; needs TURN_SECRET' }),
  TURN_SECRET: secretText('Secret shared with the TURN servers (coturn: static-auth-secret)'),
  RATE_LIMIT_USER: integer(50, { max: 1_000_000 }).meta({
    description: 'Requests per second of one user, in bursts of four times that; 0 is no limit',
  }),
  RATE_LIMIT_ADDRESS: integer(200, { max: 1_000_000 }).meta({
    description: 'REST requests per second of one address, in bursts of four times that; 0 is no limit',
  }),
  TRUSTED_PROXIES: trustedProxies().meta({
    description: 'Addresses (CIDR) of proxies whose X-Forwarded-For is trusted',
  }),
};
