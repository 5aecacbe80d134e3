import { existsSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { parseEnvironment, type RawEnvironment, secret } from '../../platform/kernel/src/index.ts';
import {
  hostAndPort,
  type RedisConfig,
  redisConfig,
  redisVariables,
} from '../../platform/state/src/redis-config.ts';
import { postgresUrl } from '../../subgraphs/viewing/src/environment.ts';
import { variables as viewing } from '../../subgraphs/viewing/src/variables.ts';
import { BackupError } from './failure.ts';

/** What a production installation keeps, as the environment files of its services say. */
export interface Installation {
  /** URL of each PostgreSQL database, by the name of the first environment that has it. */
  databases: ReadonlyMap<string, string>;
  redis: RedisConfig | null;
  /** Absolute paths of the environment files, and of the secrets and certificates that they name. */
  secrets: readonly string[];
}

/** Variables of services, by the names of their environment files. */
export type Environments = readonly (readonly [name: string, RawEnvironment])[];

/** Reads environment files, one for each service; without any, the environment of this process. */
export function readEnvironments(files: readonly string[], own: RawEnvironment): Environments {
  if (files.length === 0) return [['environment', own]];
  return files.map((file) => [basename(file).replace(/\.env$/, ''), readFile(file)]);
}

/** What environments that were read from `files` name. */
export function installationOf(environments: Environments, files: readonly string[]): Installation {
  const databases = new Map<string, string>();
  const secrets = new Set(files.map((file) => resolve(file)));
  const redis = new Map<string, RedisConfig>();
  for (const [name, environment] of environments) {
    const url = databaseOf(environment);
    if (url && ![...databases.values()].includes(url)) databases.set(name, url);
    if (usesRedis(environment)) {
      const config = redisOf(environment);
      const { host, port, db, clusterNodes, sentinels, sentinelName } = config;
      const place =
        clusterNodes.length > 0 ? 'cluster' : sentinels.length > 0 ? sentinelName : `${host}:${port}`;
      redis.set(`${place}/${db}`, config);
    }
    for (const [variable, value] of Object.entries(environment))
      if (files.length > 0 && value && isSecretFile(variable) && existsSync(value))
        secrets.add(resolve(value));
  }
  if (redis.size > 1)
    throw new BackupError(
      `the environments name ${redis.size} Redis: back up each with the environments of its services`,
    );
  return { databases, redis: [...redis.values()][0] ?? null, secrets: [...secrets] };
}

function readFile(file: string): RawEnvironment {
  try {
    return parseEnv(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new BackupError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

export const readInstallation = (files: readonly string[], own: RawEnvironment): Installation =>
  installationOf(readEnvironments(files, own), files);

/** Variables that hold the path of a secret: `<NAME>_FILE`, keys, certificates and who has an account. */
function isSecretFile(variable: string): boolean {
  return /(_FILE|_(KEY|CERT|CA)_PATH|^(ACCOUNTS|PLANS|CLIENTS|UPSTREAM_PROVIDERS)_PATH)$/.test(variable);
}

/** Viewing's database may be named by its parts; the others are named by a URL. */
const databaseVariables = z.object({
  DATABASE_URL: secret(z.string().optional()),
  POSTGRES_ENABLED: viewing.POSTGRES_ENABLED,
  POSTGRES_HOST: viewing.POSTGRES_HOST,
  POSTGRES_PORT: viewing.POSTGRES_PORT,
  POSTGRES_USER: viewing.POSTGRES_USER,
  POSTGRES_PASSWORD: viewing.POSTGRES_PASSWORD,
  POSTGRES_DB: viewing.POSTGRES_DB,
});

function databaseOf(environment: RawEnvironment): string | null {
  const env = parseEnvironment(databaseVariables, environment);
  if (env.POSTGRES_ENABLED) return postgresUrl(env);
  const url = env.DATABASE_URL;
  if (url?.startsWith('file:'))
    throw new BackupError(
      'a service keeps its data in a SQLite file (DATABASE_URL): that is backed up with --mode all-in-one, or by PostgreSQL in production',
    );
  return url ?? null;
}

function usesRedis(environment: RawEnvironment): boolean {
  return Object.entries(environment).some(([name, value]) => name.startsWith('REDIS_') && value);
}

function redisOf(environment: RawEnvironment): RedisConfig {
  const env = parseEnvironment(z.object(redisVariables), environment);
  const config = redisConfig(env as z.output<z.ZodObject<typeof redisVariables>>);
  return environment.REDIS_ADDR ? { ...config, ...hostAndPort(environment.REDIS_ADDR) } : config;
}
