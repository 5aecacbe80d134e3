import { parseArgs } from 'node:util';
import {
  type AuthConfig,
  authConfig,
  authVariables,
  metricsVariables,
  type TrustedProxies,
} from '@giggityflix/http';
import {
  EnvironmentError,
  flag,
  integer,
  type LogLevel,
  list,
  logVariables,
  parseEnvironment,
  port,
  type RawEnvironment,
} from '@giggityflix/kernel';
import { type RedisConfig, redisConfig, redisVariables } from '@giggityflix/state';
import { z } from 'zod';
import type { RateLimit } from './limits/rate.ts';
import type { SendersConfig } from './limits/senders.ts';
import type { RegistrationsConfig } from './registrations/registrations.ts';

export const variables = {
  MATCHMAKER_HOST: list('0.0.0.0,::').meta({
    description: 'Addresses to listen on for UDP, comma-separated',
  }),
  MATCHMAKER_PORT: port(12_345).meta({ description: 'UDP port' }),
  MATCHMAKER_REQUIRE_TOKEN: flag(false).meta({
    description:
      'Register only peers that send a JWT with their peer id as subject, of the platform’s issuer or signed with the key of the id',
  }),
  MATCHMAKER_CLIENT_TIMEOUT_SECONDS: integer(120, { min: 1, max: 86_400 }).meta({
    description: 'Seconds a registration is valid without a refresh',
  }),
  MATCHMAKER_MAX_REGISTRATIONS: integer(1_000_000, { min: 1 }).meta({
    description: 'Most registrations this instance keeps',
  }),
  MATCHMAKER_MAX_REGISTRATIONS_PER_ADDRESS: integer(10_000, { min: 1 }).meta({
    description: 'Most registrations from one IP address, which may be the NAT of many homes',
  }),
  MATCHMAKER_RATE_LIMIT_PER_SECOND: integer(50).meta({
    description: 'Datagrams a second taken from one address and port; 0 for no limit',
  }),
  MATCHMAKER_ADDRESS_RATE_LIMIT_PER_SECOND: integer(5_000).meta({
    description: 'Datagrams a second taken from one IP address (an IPv6 /64); 0 for no limit',
  }),
  MATCHMAKER_LIMIT_REFLECTION: flag(true).meta({
    description:
      'Send an address that has not proved that it receives no more bytes than came from it; off for measuring only',
  }),
  STATE: z.enum(['redis', 'embedded']).default('redis').meta({
    description: 'redis, to find registrations from every instance; embedded for a single one',
  }),
  HOST: z.string().default('0.0.0.0').meta({ description: 'Address to listen on for HTTP' }),
  HTTP_PORT: port(8084).meta({ description: 'HTTP port: health and metrics' }),
  ...logVariables,
  ...redisVariables,
  ...metricsVariables,
  ...authVariables,
};

/** What `createMatchmaker` needs. */
export interface MatchmakerConfig {
  udp: { hosts: readonly string[]; port: number };
  http: { host: string; port: number; metricsAllowed?: TrustedProxies };
  requireToken: boolean;
  limits: SendersConfig;
  auth: AuthConfig;
}

/** The configuration of the process: the matchmaker, and what it is built on. */
export interface MatchmakerProcessConfig extends MatchmakerConfig {
  registrations: RegistrationsConfig;
  /** Null for registrations in the memory of this process. */
  redis: RedisConfig | null;
  logLevel: LogLevel;
}

/** How long a source may use more than its share, in seconds. */
const BURST_SECONDS = 2;

/**
 * `args` are those of the documented command, `--host` and `--port`, which take precedence over the variables.
 *
 * @throws EnvironmentError naming every problem at once.
 */
export function readEnvironment(
  env: RawEnvironment = process.env,
  args: readonly string[] = [],
): MatchmakerProcessConfig {
  const values = parseEnvironment(z.object(variables), { ...env, ...readArguments(args) });
  const limit = (perSecond: number): RateLimit => ({ perSecond, burst: perSecond * BURST_SECONDS });
  return {
    udp: { hosts: values.MATCHMAKER_HOST, port: values.MATCHMAKER_PORT },
    http: { host: values.HOST, port: values.HTTP_PORT, metricsAllowed: values.METRICS_ALLOWED },
    requireToken: values.MATCHMAKER_REQUIRE_TOKEN,
    registrations: {
      ttlMs: values.MATCHMAKER_CLIENT_TIMEOUT_SECONDS * 1_000,
      max: values.MATCHMAKER_MAX_REGISTRATIONS,
      maxPerAddress: values.MATCHMAKER_MAX_REGISTRATIONS_PER_ADDRESS,
    },
    limits: {
      sourceLimit: limit(values.MATCHMAKER_RATE_LIMIT_PER_SECOND),
      networkLimit: limit(values.MATCHMAKER_ADDRESS_RATE_LIMIT_PER_SECOND),
      limitReflection: values.MATCHMAKER_LIMIT_REFLECTION,
    },
    redis: values.STATE === 'redis' ? redisConfig(values) : null,
    auth: authConfig(values),
    logLevel: values.LOG_LEVEL,
  };
}

function readArguments(args: readonly string[]): RawEnvironment {
  try {
    const { host, port } = parseArgs({
      args: [...args],
      options: { host: { type: 'string' }, port: { type: 'string' } },
    }).values;
    return {
      ...(host !== undefined && { MATCHMAKER_HOST: host }),
      ...(port !== undefined && { MATCHMAKER_PORT: port }),
    };
  } catch (error) {
    throw new EnvironmentError([`${(error as Error).message} (known are --host and --port)`]);
  }
}
