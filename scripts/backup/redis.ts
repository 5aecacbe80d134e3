import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { createRedis, type RedisClient } from '../../platform/state/src/redis.ts';
import type { RedisConfig } from '../../platform/state/src/redis-config.ts';
import { BackupError } from './failure.ts';
import { OWNER_FILE } from './folder.ts';
import { isKept } from './redis-keys.ts';

const SCAN_COUNT = 1_000;

const entrySchema = z.object({
  key: z.string(),
  /** Milliseconds since 1970; 0 for a key that does not expire. */
  expiresAt: z.int().nonnegative(),
  /** As `DUMP` gives it, in base64. */
  value: z.base64(),
});
type Entry = z.infer<typeof entrySchema>;

/** The servers that have the keys. */
export function mastersOf(client: RedisClient): Redis[] {
  return 'nodes' in client && client.isCluster ? (client.nodes('master') as Redis[]) : [client as Redis];
}

/** Runs with a connection that is closed afterwards. */
async function withRedis<T>(
  config: RedisConfig,
  work: (client: RedisClient, masters: Redis[]) => Promise<T>,
) {
  const client = createRedis(config, { commandTimeoutMs: 30_000 });
  try {
    await client.connect();
    return await work(client, mastersOf(client));
  } catch (error) {
    if (error instanceof BackupError) throw error;
    throw new BackupError(`Redis: ${(error as Error).message}`);
  } finally {
    client.disconnect();
  }
}

async function* keptKeys(masters: readonly Redis[]): AsyncGenerator<string> {
  for (const master of masters) {
    let cursor = '0';
    do {
      const [next, keys] = await master.scan(cursor, 'COUNT', SCAN_COUNT);
      for (const key of keys) if (isKept(key)) yield key;
      cursor = next;
    } while (cursor !== '0');
  }
}

/** Writes one JSON object a line for each key that is kept; each is as it was at one moment. */
export function dumpRedis(config: RedisConfig, file: string): Promise<void> {
  return withRedis(config, async (client, masters) => {
    const target = openSync(file, 'wx', OWNER_FILE);
    const seen = new Set<string>();
    try {
      for await (const key of keptKeys(masters)) {
        // A scan may return a key twice.
        if (seen.has(key)) continue;
        const [value, ttl] = await Promise.all([client.dumpBuffer(key), client.pttl(key)]);
        // -2: it expired in between; -1: it never does.
        if (value === null || ttl === -2) continue;
        seen.add(key);
        const expiresAt = ttl === -1 ? 0 : Date.now() + ttl;
        writeSync(
          target,
          `${JSON.stringify({ key, expiresAt, value: value.toString('base64') } satisfies Entry)}\n`,
        );
      }
    } finally {
      closeSync(target);
    }
  });
}

/** @throws BackupError where services use this Redis, or keys are there that would be replaced without `force`. */
export function checkRedis(config: RedisConfig, { force }: { force: boolean }): Promise<void> {
  return withRedis(config, async (_client, masters) => {
    for (const master of masters) {
      const own = await master.client('ID');
      const others = String(await master.client('LIST', 'TYPE', 'NORMAL'))
        .split('\n')

        // Clients of a Cluster have more connections than these, and Sentinels are no services.
        .filter(
          (line) =>
            line !== '' && !line.startsWith(`id=${own} `) && !/ name=(sentinel-|ioredis-cluster)/.test(line),
        );
      if (others.length > 0)
        throw new BackupError(
          `${others.length} programs are connected to Redis at ${master.options.host}:${master.options.port}: stop all services first`,
        );
    }
    if (force) return;
    for await (const key of keptKeys(masters))
      throw new BackupError(`Redis holds state of an installation (${key}): add --force to replace it`);
  });
}

/** Replaces what is kept by what the file has; keys that have expired since are left out. */
export function loadRedis(config: RedisConfig, file: string): Promise<void> {
  return withRedis(config, async (client, masters) => {
    for await (const key of keptKeys(masters)) await client.unlink(key);
    for await (const line of createInterface({ input: createReadStream(file) })) {
      const { key, expiresAt, value } = entrySchema.parse(JSON.parse(line));
      if (expiresAt !== 0 && expiresAt <= Date.now()) continue;
      await client.call('RESTORE', key, String(expiresAt), Buffer.from(value, 'base64'), 'REPLACE', 'ABSTTL');
    }
  });
}
