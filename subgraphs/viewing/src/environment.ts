import { busConfig, resolveTopics, type Topics } from '@giggityflix/bus';
import type { ProcessConfig } from '@giggityflix/graphql';
import {
  type AuthConfig,
  authConfig,
  authProblems,
  type OriginConfig,
  originConfig,
  type TrustedProxies,
} from '@giggityflix/http';
import {
  EnvironmentError,
  parseEnvironment,
  type RawEnvironment,
  sharedSecretProblem,
} from '@giggityflix/kernel';
import { hostAndPort, type RedisConfig, redisConfig } from '@giggityflix/state';
import { tracingConfig } from '@giggityflix/telemetry';
import { z } from 'zod';
import { type AccountsFile, readAccountsFile } from './entitlement/entitlement.embedded.ts';
import type { UpstreamConfig } from './resilience/upstream.ts';
import type { IceConfig } from './signalling/ice-servers.ts';
import { createFixedKeyStore } from './tokens/keys.fixed.ts';
import { variables } from './variables.ts';

export { variables };

export interface ViewingConfig extends ProcessConfig {
  http: {
    host: string;
    port: number;
    trustedProxies: TrustedProxies;
    guard: OriginConfig;
    metricsAllowed: TrustedProxies;
  };
  auth: AuthConfig;
  /** Consumer group of the history's recorders. */
  groupId: string;
  topics: Topics;
  state: { kind: 'embedded'; path: string } | { kind: 'redis'; redis: RedisConfig };
  /** `file:…` or `postgresql://…`. */
  databaseUrl: string;
  tokens: {
    /** Signs with HS256 when given. */
    secret: string | null;
    /** A further one whose tokens are taken. */
    acceptedSecret: string | null;
    /** PEM; null keeps rotating keys in the state store. */
    signingKey: string | null;
    /** Where the embedded state keeps its keys. */
    keyPath: string;
    lifetimeMs: number;
    /** Of the tokens of heartbeats, and in which any token is first used. */
    renewalMs: number;
    rotationMs: number;
  };
  entitlement:
    | { kind: 'http'; upstream: UpstreamConfig; whenUnavailable: 'closed' | 'open' }
    | { kind: 'embedded'; accounts: AccountsFile; unknownAccounts: 'entitle' | 'refuse' };
  catalog: UpstreamConfig;
  tracker: UpstreamConfig;
  maxConcurrentStreams: number;
  maxSources: number;
  sessionTimeoutMs: number;
  heartbeatIntervalMs: number;
  ice: Omit<IceConfig, 'turnLifetimeMs'>;
  rateLimits: { userPerSecond: number; addressPerSecond: number };
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
    http: {
      host: env.HOST,
      port: env.SERVER_PORT,
      trustedProxies: env.TRUSTED_PROXIES,
      guard: originConfig(env),
      metricsAllowed: env.METRICS_ALLOWED,
    },
    auth: authConfig(env),
    bus: busConfig(env),
    tracing: tracingConfig(env),
    groupId: env.KAFKA_GROUP_ID,
    topics: resolveTopics(raw),
    state:
      env.STATE === 'embedded'
        ? { kind: 'embedded', path: env.STATE_PATH }
        : { kind: 'redis', redis: env.REDIS_ADDR ? { ...redis, ...hostAndPort(env.REDIS_ADDR) } : redis },
    databaseUrl: env.POSTGRES_ENABLED ? postgresUrl(env) : env.DATABASE_URL,
    tokens: {
      secret: env.JWT_SECRET ?? null,
      acceptedSecret: env.JWT_ACCEPTED_SECRET ?? null,
      signingKey: env.PLAYBACK_SIGNING_KEY ?? null,
      keyPath: `${env.STATE_PATH}.keys.json`,
      lifetimeMs: env.JWT_EXPIRATION,
      renewalMs: Math.min(env.PLAYBACK_TOKEN_LIFETIME, env.JWT_EXPIRATION),
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
    maxSources: env.PLAYBACK_MAX_SOURCES,
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

/** Settings for development that production refuses. */
function unsafeSettings(env: Parsed): string[] {
  if (env.NODE_ENV !== 'production') return [];
  const problems: string[] = [];
  const weakness = env.JWT_SECRET === undefined ? null : sharedSecretProblem(env.JWT_SECRET);
  if (weakness) problems.push(`JWT_SECRET ${weakness}: set another one, or unset it to sign with EdDSA`);
  const accepted =
    env.JWT_ACCEPTED_SECRET === undefined ? null : sharedSecretProblem(env.JWT_ACCEPTED_SECRET);
  if (accepted) problems.push(`JWT_ACCEPTED_SECRET ${accepted}: set another one, or unset it`);
  problems.push(...authProblems(env));
  if (env.UNKNOWN_ACCOUNTS === 'entitle')
    problems.push('UNKNOWN_ACCOUNTS is entitle, which lets everyone watch: set it to refuse');
  return problems;
}

/** The database that the parts of `POSTGRES_…` name. */
export function postgresUrl(
  env: Pick<Parsed, `POSTGRES_${'HOST' | 'PORT' | 'USER' | 'PASSWORD' | 'DB'}`>,
): string {
  const url = new URL('postgresql://localhost');
  url.hostname = env.POSTGRES_HOST;
  url.port = String(env.POSTGRES_PORT);
  url.username = encodeURIComponent(env.POSTGRES_USER);
  url.password = encodeURIComponent(env.POSTGRES_PASSWORD);
  url.pathname = `/${encodeURIComponent(env.POSTGRES_DB)}`;
  return url.href;
}
