import { execFileSync } from 'node:child_process';
import type { Redis } from 'ioredis';
import { shardPrefix } from '../../subgraphs/viewing/src/redis/keys.ts';
import { newSessionId, shardOfUser } from '../../subgraphs/viewing/src/sessions/session-id.ts';
import { ADMIT } from '../../subgraphs/viewing/src/sessions/store.redis.scripts.ts';
import { ENDED_RETENTION_MS } from '../../subgraphs/viewing/src/sessions/store.ts';
import { type BenchRow, percentile, row } from '../row.ts';

const SCRIPT_RUNS = 20_000;
const SESSIONS_IN_MEMORY = 50_000;

function admission(digest: string, userId: string): [string, number, ...(string | number)[]] {
  const prefix = shardPrefix(shardOfUser(userId));
  return [
    digest,
    2,
    ...[`${prefix}leases`, `${prefix}outbox`],
    ...[prefix, 90_000, 86_400_000, ENDED_RETENTION_MS, 1_000_000],
    ...[4, newSessionId(userId), userId, 'profile', 'a'.repeat(64), 'device'],
  ];
}

/** The admission script by itself, one at a time, from Node.js and from redis-benchmark. */
export async function measureScript(client: Redis, port: number): Promise<BenchRow[]> {
  await client.flushall();
  const digest = (await client.script('LOAD', ADMIT)) as string;
  const samples: number[] = [];
  for (let n = 0; n < SCRIPT_RUNS / 4; n += 1) {
    const started = performance.now();
    await client.evalsha(...admission(digest, `user-${n}`));
    samples.push(performance.now() - started);
  }
  await client.flushall();
  await client.script('LOAD', ADMIT);
  const command = admission(digest, 'user-__rand_int__').map(String);
  const output = execFileSync(
    'redis-benchmark',
    [
      '-p',
      String(port),
      '-n',
      String(SCRIPT_RUNS),
      '-r',
      '100000',
      '-c',
      '1',
      '--csv',
      'EVALSHA',
      ...command,
    ],
    { encoding: 'utf8' },
  );
  const [, figures = ''] = output.trim().split('\n').slice(-2);
  const median = Number(figures.match(/"[^"]*"$|"([\d.]+)"/g)?.[3]?.replaceAll('"', ''));
  await client.flushall();
  return [
    row('admission script, median', 'ms', percentile(samples, 50), {
      name: 'redis-benchmark EVALSHA of it',
      value: median,
    }),
    row('admission script, 99th percentile', 'ms', percentile(samples, 99)),
  ];
}

/** What one live session takes of Redis, its events being published. */
export async function measureMemory(client: Redis): Promise<BenchRow> {
  const digest = (await client.script('LOAD', ADMIT)) as string;
  const used = async () => Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
  const before = await used();
  for (let first = 0; first < SESSIONS_IN_MEMORY; first += 1_000) {
    const pipeline = client.pipeline();
    for (let n = 0; n < 1_000; n += 1) pipeline.evalsha(...admission(digest, `user-${first + n}`));
    await pipeline.exec();
  }
  const outboxes = await client.keys('viewing:*:outbox');
  await client.del(...outboxes);
  return row('memory of a live session in Redis', 'bytes', ((await used()) - before) / SESSIONS_IN_MEMORY);
}
