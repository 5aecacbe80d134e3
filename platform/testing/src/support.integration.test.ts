import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  freePorts,
  missing,
  realKafka,
  realPostgres,
  realRedis,
  realRedisCluster,
  spawnGuarded,
} from './index.ts';

const [redis, cluster, kafka, postgres] = await Promise.all([
  realRedis(),
  realRedisCluster(),
  realKafka(),
  realPostgres(),
]);

describe.skipIf(redis.skip)('realRedis', () => {
  it('gives a server that answers', async () => {
    const client = new Redis(redis.url);
    expect(await client.ping()).toBe('PONG');
    client.disconnect();
  });
});

describe.skipIf(cluster.skip)('realRedisCluster', () => {
  it('gives three masters that hold every slot', async () => {
    const [host, port] = cluster.nodes[0]!.split(':');
    const client = new Redis({ host, port: Number(port) });
    const info = await client.cluster('INFO');
    expect(info).toMatch(/cluster_slots_ok:16384/);
    expect(cluster.nodes).toHaveLength(3);
    client.disconnect();
  });
});

describe.skipIf(kafka.skip)('realKafka', () => {
  it('gives a broker', async () => {
    const admin = new Kafka({ brokers: [kafka.bootstrapServers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    expect((await admin.describeCluster()).brokers).not.toHaveLength(0);
    await admin.disconnect();
  });
});

describe.skipIf(postgres.skip)('realPostgres', () => {
  it('gives an empty database', async () => {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    const { rows } = await client.query("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'");
    expect(rows).toEqual([{ count: '0' }]);
    await client.end();
  });
});

describe('a requirement that is not met', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it('says why the test is skipped', () => {
    vi.stubEnv('REQUIRE_REAL', undefined);
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    expect(missing('a unicorn', 'none in the stable')).toBe('needs a unicorn: none in the stable');
    expect(warn).toHaveBeenCalledWith('SKIPPED, needs a unicorn: none in the stable');
  });

  it('is a failure when everything is required', () => {
    vi.stubEnv('REQUIRE_REAL', '1');
    expect(() => missing('a unicorn', 'none in the stable')).toThrow(/needs a unicorn/);
  });
});

describe('a guarded process', () => {
  const alive = (pid: number) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };

  it('ends when it is stopped', async () => {
    const child = spawnGuarded('sh', ['-c', 'echo $$; exec sleep 60']);
    const pid = await vi.waitFor(() => Number(/\d+/.exec(child.output())![0]), { timeout: 10_000 });
    await child.stop();
    expect(alive(pid)).toBe(false);
  });

  it('ends when the process that started it is killed', async () => {
    const program = `
      import { spawnGuarded } from ${JSON.stringify(new URL('./child.ts', import.meta.url).href)};
      const child = spawnGuarded('sh', ['-c', 'echo $$; exec sleep 60']);
      setInterval(() => { if (child.output()) process.stdout.write(child.output()); }, 20);`;
    const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', program]);
    const [line] = await once(parent.stdout, 'data');
    const pid = Number(String(line).trim().split('\n')[0]);
    expect(alive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => alive(pid)).toBe(false);
  });
});

it('finds ports that can be listened on', async () => {
  const ports = await freePorts(3);
  expect(new Set(ports).size).toBe(3);
});
