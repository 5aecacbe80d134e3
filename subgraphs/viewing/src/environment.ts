import { isIP } from 'node:net';
import {
  type AuthConfig,
  authConfig,
  authVariables,
  type BusConfig,
  busConfig,
  busVariables,
  duration,
  EnvironmentError,
  emptyAllowed,
  flag,
  hostAndPort,
  integer,
  LOG_LEVELS,
  type LogLevel,
  list,
  parseEnvironment,
  port,
  type RawEnvironment,
  type RedisConfig,
  redisConfig,
  redisVariables,
  resolveTopics,
  secret,
  type Topics,
  type TracingConfig,
  topicVariables,
  tracingConfig,
  tracingVariables,
} from '@giggityflix/platform';
import { z } from 'zod';
import { type AccountsFile, readAccountsFile } from './entitlement/entitlement.embedded.ts';
import type { UpstreamConfig } from './resilience/upstream.ts';
import type { IceConfig } from './signalling/ice-servers.ts';
import { createFixedKeyStore } from './tokens/keys.fixed.ts';

/** The document's placeholder, which production refuses. */
export const DOCUMENTED_DEFAULT_SECRET = 'default-secret-change-in-production';

const secretText = (description: string) => secret(z.string().optional().meta({ description }));

export const variables = {
  NODE_ENV: z.string().default('development').meta({ description: '`production` refuses unsafe settings' }),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info').meta({ description: 'Least severe level that is logged' }),
  HOST: z.string().default('0.0.0.0').meta({ description: 'Address the HTTP server listens on' }),
  SERVER_PORT: port(8080).meta({ description: 'HTTP server port' }),
  ...authVariables,
  ...tracingVariables,
  ...busVariables,
  ...topicVariables,
  STATE: z.enum(['redis', 'embedded']).default('redis').meta({ description: 'Where session state lives' }),
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
    .meta({ description: 'Database of the session log and watch progress, where POSTGRES_ENABLED is off' }),
  POSTGRES_ENABLED: flag(false).meta({ description: 'Enable PostgreSQL' }),
  POSTGRES_HOST: z.string().default('localhost').meta({ description: 'PostgreSQL host' }),
  POSTGRES_PORT: port(5432).meta({ description: 'PostgreSQL port' }),
  POSTGRES_USER: z.string().default('postgres').meta({ description: 'PostgreSQL user' }),
  POSTGRES_PASSWORD: emptyAllowed(
    secret(z.string().default('').meta({ description: 'PostgreSQL password' })),
  ),
  POSTGRES_DB: z.string().default('viewing_service').meta({ description: 'PostgreSQL database name' }),
  JWT_SECRET: secretText(
    'Secret key for signing tokens with HS256; unset signs with EdDSA and publishes the keys. The documented placeholder is refused in production',
  ),
  JWT_EXPIRATION: duration('1h', { minMs: 1_000 }).meta({ description: 'Token expiration duration' }),
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
    description: 'While identity is away: refuse with 503 (closed) or entitle with the defaults (open)',
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
  SERVICE_TOKEN: secretText('Bearer token presented to the services above'),
  UPSTREAM_TIMEOUT: duration('2s', { minMs: 50 }).meta({
    description: 'Longest wait for an answer of those services',
  }),
  MAX_CONCURRENT_STREAMS: integer(4, { min: 1, max: 1_000 }).meta({
    description: 'Maximum concurrent streams per account',
  }),
  SESSION_TIMEOUT: duration('24h', { minMs: 1_000 }).meta({ description: 'Session timeout duration' }),
  HEARTBEAT_INTERVAL: duration('30s', { minMs: 100 }).meta({
    description:
      'Heartbeat monitoring interval; a session without a sign of life for three of them has ended',
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
  TRUSTED_PROXIES: list('').meta({
    description: 'Addresses (CIDR) of proxies whose X-Forwarded-For is believed',
  }),
};

export interface ViewingConfig {
  http: { host: string; port: number; trustedProxies: readonly string[] };
  auth: AuthConfig;
  bus: BusConfig;
  tracing: TracingConfig;
  topics: Topics;
  state: { kind: 'embedded'; path: string } | { kind: 'redis'; redis: RedisConfig };
  /** `file:…` or `postgresql://…`. */
  databaseUrl: string;
  tokens: {
    /** Signs with HS256 when given. */
    secret: string | null;
    /** PEM; null keeps rotating keys in the state store. */
    signingKey: string | null;
    /** Where the embedded state keeps its keys. */
    keyPath: string;
    lifetimeMs: number;
    rotationMs: number;
  };
  entitlement:
    | { kind: 'http'; upstream: UpstreamConfig; whenUnavailable: 'closed' | 'open' }
    | { kind: 'embedded'; accounts: AccountsFile; unknownAccounts: 'entitle' | 'refuse' };
  catalog: UpstreamConfig;
  tracker: UpstreamConfig;
  maxConcurrentStreams: number;
  sessionTimeoutMs: number;
  heartbeatIntervalMs: number;
  ice: Omit<IceConfig, 'turnLifetimeMs'>;
  rateLimits: { userPerSecond: number; addressPerSecond: number };
  logLevel: LogLevel;
}

/**
 * The whole configuration, from the environment.
 * @throws EnvironmentError naming every problem at once.
 */
export function readEnvironment(raw: RawEnvironment = process.env): ViewingConfig {
  const env = parseEnvironment(z.object(variables), raw);
  const problems = unsafeSettings(env);
  if (env.TURN_SERVERS.length > 0 && env.TURN_SECRET === undefined)
    problems.push('TURN_SECRET is missing: TURN_SERVERS needs it');
  for (const [name, schemes, uris] of [
    ['STUN_SERVERS', /^stuns?:[^\s]+$/, env.STUN_SERVERS],
    ['TURN_SERVERS', /^turns?:[^\s]+$/, env.TURN_SERVERS],
  ] as const)
    for (const uri of uris)
      if (!schemes.test(uri)) problems.push(`${name} is invalid: ${JSON.stringify(uri)} is not such a URI`);
  for (const proxy of env.TRUSTED_PROXIES)
    if (!isCidr(proxy))
      problems.push(`TRUSTED_PROXIES is invalid: ${JSON.stringify(proxy)} is not an address or CIDR range`);
  const attempt = <T>(name: string, read: () => T): T | null => {
    try {
      return read();
    } catch (error) {
      problems.push(`${name} is invalid: ${(error as Error).message}`);
      return null;
    }
  };
  const { ACCOUNTS_PATH, PLAYBACK_SIGNING_KEY } = env;
  const accounts = ACCOUNTS_PATH ? attempt('ACCOUNTS_PATH', () => readAccountsFile(ACCOUNTS_PATH)) : null;
  if (PLAYBACK_SIGNING_KEY) attempt('PLAYBACK_SIGNING_KEY', () => createFixedKeyStore(PLAYBACK_SIGNING_KEY));
  if (problems.length > 0) throw new EnvironmentError(problems);

  const redis = redisConfig(env);
  const upstream = (url: string): UpstreamConfig => ({
    url,
    token: env.SERVICE_TOKEN,
    timeoutMs: env.UPSTREAM_TIMEOUT,
  });
  return {
    http: { host: env.HOST, port: env.SERVER_PORT, trustedProxies: env.TRUSTED_PROXIES },
    auth: authConfig(env),
    bus: busConfig(env),
    tracing: tracingConfig(env),
    topics: resolveTopics(raw),
    state:
      env.STATE === 'embedded'
        ? { kind: 'embedded', path: env.STATE_PATH }
        : { kind: 'redis', redis: env.REDIS_ADDR ? { ...redis, ...hostAndPort(env.REDIS_ADDR) } : redis },
    databaseUrl: env.POSTGRES_ENABLED ? postgresUrl(env) : env.DATABASE_URL,
    tokens: {
      secret: env.JWT_SECRET ?? null,
      signingKey: env.PLAYBACK_SIGNING_KEY ?? null,
      keyPath: `${env.STATE_PATH}.keys.json`,
      lifetimeMs: env.JWT_EXPIRATION,
      rotationMs: env.PLAYBACK_KEY_ROTATION,
    },
    entitlement: env.IDENTITY_SERVICE_URL
      ? {
          kind: 'http',
          upstream: upstream(env.IDENTITY_SERVICE_URL),
          whenUnavailable: env.IDENTITY_WHEN_UNAVAILABLE,
        }
      : {
          kind: 'embedded',
          accounts: accounts ?? { plans: {}, accounts: [] },
          unknownAccounts: env.UNKNOWN_ACCOUNTS,
        },
    catalog: upstream(env.CONTENT_SERVICE_URL),
    tracker: upstream(env.TRACKER_SERVICE_URL),
    maxConcurrentStreams: env.MAX_CONCURRENT_STREAMS,
    sessionTimeoutMs: env.SESSION_TIMEOUT,
    heartbeatIntervalMs: env.HEARTBEAT_INTERVAL,
    ice: {
      stunServers: env.STUN_SERVERS,
      turnServers: env.TURN_SERVERS,
      turnSecret: env.TURN_SECRET ?? null,
    },
    rateLimits: { userPerSecond: env.RATE_LIMIT_USER, addressPerSecond: env.RATE_LIMIT_ADDRESS },
    logLevel: env.LOG_LEVEL,
  };
}

type Parsed = z.output<z.ZodObject<typeof variables>>;

/** What is fine on one's own machine and must not happen in production. */
function unsafeSettings(env: Parsed): string[] {
  if (env.NODE_ENV !== 'production') return [];
  const problems: string[] = [];
  if (env.JWT_SECRET === DOCUMENTED_DEFAULT_SECRET)
    problems.push(
      'JWT_SECRET is the documented placeholder, which everyone knows: set one of your own, or unset it to sign with EdDSA',
    );
  if (env.AUTH_MODE === 'demo') problems.push('AUTH_MODE is demo, which lets everyone in: set it to jwt');
  if (env.UNKNOWN_ACCOUNTS === 'entitle')
    problems.push('UNKNOWN_ACCOUNTS is entitle, which lets everyone watch: set it to refuse');
  return problems;
}

/** An address, or a range of them such as 10.0.0.0/8. */
function isCidr(text: string): boolean {
  const [address = '', length, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128));
}

function postgresUrl(env: Parsed): string {
  const url = new URL('postgresql://localhost');
  url.hostname = env.POSTGRES_HOST;
  url.port = String(env.POSTGRES_PORT);
  url.username = encodeURIComponent(env.POSTGRES_USER);
  url.password = encodeURIComponent(env.POSTGRES_PASSWORD);
  url.pathname = `/${encodeURIComponent(env.POSTGRES_DB)}`;
  return url.href;
}
