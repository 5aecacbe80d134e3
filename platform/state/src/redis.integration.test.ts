import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, parseEnvironment } from '@giggityflix/kernel';
import { makeCertificate, realRedis, realRedisCluster, realSecureRedis } from '@giggityflix/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createRedis } from './redis.ts';
import { hostAndPort, redisConfig, redisVariables } from './redis-config.ts';

const parse = (env: Record<string, string>) => redisConfig(parseEnvironment(z.object(redisVariables), env));

describe('the configuration of Redis', () => {
  it('has the defaults of the tracker document', () => {
    expect(parse({ REDIS_PASSWORD: '' })).toMatchObject({
      host: 'localhost',
      port: 6379,
      db: 0,
      password: undefined,
      tls: null,
      clusterNodes: [],
    });
  });

  it('takes lists of nodes', () => {
    expect(parse({ REDIS_CLUSTER_NODES: 'one:7000, [::1]:7001,three' }).clusterNodes).toEqual([
      { host: 'one', port: 7000 },
      { host: '::1', port: 7001 },
      { host: 'three', port: 6379 },
    ]);
    expect(() => parse({ REDIS_CLUSTER_NODES: 'redis://one:7000' })).toThrow(/REDIS_CLUSTER_NODES/);
    expect(() => hostAndPort('a:b:c')).toThrow('"a:b:c" is not host:port');
  });

  it('names a certificate it cannot read, and one without its key', () => {
    expect(() => parse({ REDIS_TLS_CA_PATH: '/nowhere.crt' })).toThrow(
      /REDIS_TLS_CA_PATH is invalid: cannot be read: ENOENT/,
    );
    expect(() => parse({ REDIS_TLS_CERT_PATH: import.meta.filename })).toThrow(/go together/);
  });
});

const redis = await realRedis();
const cluster = await realRedisCluster();
const directory = mkdtempSync(join(tmpdir(), 'redis-tls-'));
afterAll(() => rmSync(directory, { recursive: true }));
const { certPath, keyPath } = makeCertificate(directory, 'redis');
const secure = await realSecureRedis({ certPath, keyPath });

describe.skipIf(redis.skip)('a Redis client', () => {
  it.skipIf(!redis.server)('fails fast while the server is unavailable, and reconnects', async () => {
    const lines: string[] = [];
    const logger = createLogger({ service: 'test', destination: { write: (line) => void lines.push(line) } });
    const client = createRedis({ ...parse({}), host: redis.host, port: redis.port }, { logger });
    expect(await client.ping()).toBe('PONG');
    await redis.server?.kill();
    let attempts = 0;
    client.on('reconnecting', () => {
      attempts += 1;
    });
    await expect(client.ping()).rejects.toThrow();
    expect(attempts).toBeLessThanOrEqual(2);
    await redis.server?.restart();
    await expect.poll(() => client.ping()).toBe('PONG');
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual([
      'the connection to Redis failed, trying again',
      'the connection to Redis is restored',
    ]);
    client.disconnect();
  });
});

describe.skipIf(cluster.skip)('a Redis Cluster client', () => {
  it('finds every slot from one node', async () => {
    const client = createRedis({ ...parse({}), clusterNodes: cluster.nodes.slice(0, 1).map(hostAndPort) });
    await Promise.all(Array.from({ length: 30 }, (_, n) => client.set(`test:${n}`, n)));
    expect(await client.get('test:17')).toBe('17');
    client.disconnect();
  });
});

describe.skipIf(secure.skip)('a Redis client over TLS', () => {
  const tls = { REDIS_TLS: 'true', REDIS_TLS_CA_PATH: certPath };
  const certificate = { REDIS_TLS_CERT_PATH: certPath, REDIS_TLS_KEY_PATH: keyPath };
  const direct = { REDIS_HOST: 'localhost', REDIS_PORT: String(secure.port), REDIS_PASSWORD: 'hunter2' };
  const answer = async (env: Record<string, string>) => {
    const client = createRedis(parse(env));
    try {
      return await client.ping();
    } catch (error) {
      return error;
    } finally {
      client.disconnect();
    }
  };

  it('shows its certificate and password', async () => {
    expect(await answer({ ...direct, ...tls, ...certificate })).toBe('PONG');
  });

  it('is turned away without them, and does not trust a server it has no authority for', async () => {
    expect(await answer({ ...direct, ...tls })).toBeInstanceOf(Error);
    expect(await answer({ ...direct, ...tls, ...certificate, REDIS_PASSWORD: 'wrong' })).toBeInstanceOf(
      Error,
    );
    expect(await answer({ ...direct, ...certificate, REDIS_TLS: 'true' })).toBeInstanceOf(Error);
  });

  it('finds the master through a Sentinel that speaks TLS as well', async () => {
    const sentinel = { REDIS_SENTINELS: `localhost:${secure.sentinelPort}`, REDIS_SENTINEL_NAME: 'films' };
    const passwords = { REDIS_PASSWORD: 'hunter2', REDIS_SENTINEL_PASSWORD: 'watcher' };
    expect(await answer({ ...sentinel, ...passwords, ...tls, ...certificate })).toBe('PONG');
  });
});
