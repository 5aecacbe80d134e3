import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { Pool } from 'undici';
import { shardPrefix } from '../subgraphs/viewing/src/redis/keys.ts';
import { newSessionId, shardOfUser } from '../subgraphs/viewing/src/sessions/session-id.ts';
import { ADMIT } from '../subgraphs/viewing/src/sessions/store.redis.scripts.ts';
import { ENDED_RETENTION_MS } from '../subgraphs/viewing/src/sessions/store.ts';
import { startRedis } from '../tests/support/redis-server.ts';
import { findProgram } from '../tests/support/requirement.ts';
import { type BenchRow, percentile, row } from './row.ts';

const CONNECTIONS = 64;
/** Linux counts CPU time in hundredths of a second. */
const MICROSECONDS_PER_TICK = 10_000;
const WARM_UP = 2_000;
const REQUESTS = 10_000;
const USERS = 5_000;
const SCRIPT_RUNS = 20_000;
const SESSIONS_IN_MEMORY = 50_000;

/** Sessions and heartbeats per second against a bare route around the same script; the script alone; memory. */
export default async function viewing(): Promise<BenchRow[]> {
  const program = findProgram('redis-server');
  if (!program) throw new Error('the viewing suite needs redis-server (npm run setup:system)');
  const redis = await startRedis(program);
  const client = new Redis(redis.port, redis.host);
  try {
    const bare = await measureServer('bare', redis.port);
    await client.flushall();
    const service = await measureServer('service', redis.port);
    await client.flushall();
    const against = (value: number) => ({ name: 'bare Fastify route, one EVALSHA', value });
    return [
      row('session creation', 'requests/s', service.creations, against(bare.creations)),
      row('heartbeat', 'requests/s', service.heartbeats, against(bare.heartbeats)),
      // Of the process, its threads included: what other load on the machine does not change.
      row('CPU of a session creation', 'µs', service.creationCpu, against(bare.creationCpu)),
      row('CPU of a heartbeat', 'µs', service.heartbeatCpu, against(bare.heartbeatCpu)),
      ...(await measureScript(client, redis.port)),
      await measureMemory(client),
    ];
  } finally {
    client.disconnect();
    await redis.stop();
  }
}

async function measureServer(kind: 'service' | 'bare', redisPort: number) {
  const server = fork(new URL('./viewing/server.ts', import.meta.url).pathname, [kind, String(redisPort)]);
  const [url] = (await once(server, 'message')) as [string];
  const pool = new Pool(url, { connections: CONNECTIONS });
  const ids = sessionIdsFor(kind, pool);
  const post = async (path: string, body: object) => {
    const response = await pool.request({
      path,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.body.text();
    if (response.statusCode >= 300) throw new Error(`${response.statusCode} ${text}`);
    return text;
  };
  try {
    const create = (n: number) => post('/api/playback/session', newSession(n));
    await many(WARM_UP, create);
    const atStart = cpuMicroseconds(server.pid!);
    const creations = await rate(REQUESTS, create);
    const creationCpu = (cpuMicroseconds(server.pid!) - atStart) / REQUESTS;
    const sessions = await ids();
    const beat = (n: number) =>
      post(`/api/playback/session/${sessions[n % sessions.length]}/heartbeat`, { position: n });
    await many(WARM_UP, beat);
    const afterWarmUp = cpuMicroseconds(server.pid!);
    const heartbeats = await rate(REQUESTS, beat);
    const heartbeatCpu = (cpuMicroseconds(server.pid!) - afterWarmUp) / REQUESTS;
    return { creations, creationCpu, heartbeats, heartbeatCpu };
  } finally {
    await pool.close();
    server.disconnect();
    await once(server, 'exit');
  }
}

/** User and system time of a process, from Linux's /proc; not a number elsewhere. */
function cpuMicroseconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) * MICROSECONDS_PER_TICK;
  } catch {
    return Number.NaN;
  }
}

/** Some sessions to send heartbeats to, of accounts of their own. */
function sessionIdsFor(kind: 'service' | 'bare', pool: Pool) {
  return async (): Promise<string[]> => {
    const found: string[] = [];
    for (let n = 0; n < 500; n += 1) {
      const response = await pool.request({
        path: '/api/playback/session',
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(newSession(USERS + n)),
      });
      const body = (await response.body.json()) as { session: { session_id: string } } & [0, '', string[]];
      found.push(kind === 'service' ? body.session.session_id : body[2][0]!);
    }
    return found;
  };
}

const newSession = (n: number) => ({
  user_id: `user-${n % USERS}-${n >= USERS ? 'b' : 'a'}`,
  profile_id: 'profile',
  content_id: 'a'.repeat(64),
  device_id: 'device',
});

/** Runs `work` `count` times, as many at once as there are connections. */
async function many(count: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (next < count) await work(next++);
    }),
  );
}

async function rate(count: number, work: (n: number) => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await many(count, work);
  return (count * 1_000) / (performance.now() - started);
}

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
async function measureScript(client: Redis, port: number): Promise<BenchRow[]> {
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
async function measureMemory(client: Redis): Promise<BenchRow> {
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
