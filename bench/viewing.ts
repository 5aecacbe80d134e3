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
/** The servers take turns, so that what else the machine does meets both alike; medians are told. */
const ROUNDS = 7;
const REQUESTS_PER_ROUND = 2_500;
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
    return [
      ...(await measureServers(redis.port)),
      ...(await measureScript(client, redis.port)),
      await measureMemory(client),
    ];
  } finally {
    client.disconnect();
    await redis.stop();
  }
}

interface Round {
  perSecond: number;
  /** Of the process, its threads included: what other load on the machine changes little. In µs per request. */
  cpu: number;
}

async function measureServers(redisPort: number): Promise<BenchRow[]> {
  const servers = await Promise.all(
    (['service', 'bare'] as const).map((kind) => startServer(kind, redisPort)),
  );
  const [service, bare] = servers as [BenchServer, BenchServer];
  try {
    const creations = await alternate(service, bare, (server) => server.create);
    for (const server of servers) await server.prepareSessions();
    const heartbeats = await alternate(service, bare, (server) => server.beat);
    return [
      ...compare('session creation', 'CPU of a session creation', creations),
      ...compare('heartbeat', 'CPU of a heartbeat', heartbeats),
    ];
  } finally {
    for (const server of servers) await server.stop();
  }
}

/** Lets the two take turns, each first as often as the other but for one. */
async function alternate(
  service: BenchServer,
  bare: BenchServer,
  requestOf: (server: BenchServer) => (n: number) => Promise<unknown>,
): Promise<{ service: Round[]; bare: Round[] }> {
  const rounds = { service: [] as Round[], bare: [] as Round[] };
  for (const server of [service, bare]) await many(WARM_UP, requestOf(server));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const server of round % 2 === 0 ? [service, bare] : [bare, service]) {
      const first = round * REQUESTS_PER_ROUND;
      const cpuBefore = cpuMicroseconds(server.pid);
      const perSecond = await rate(REQUESTS_PER_ROUND, (n) => requestOf(server)(first + n));
      const cpu = (cpuMicroseconds(server.pid) - cpuBefore) / REQUESTS_PER_ROUND;
      rounds[server.kind].push({ perSecond, cpu });
    }
  }
  return rounds;
}

function compare(name: string, cpuName: string, rounds: { service: Round[]; bare: Round[] }): BenchRow[] {
  const median = (of: Round[], figure: keyof Round) =>
    percentile(
      of.map((round) => round[figure]),
      50,
    );
  const against = (figure: keyof Round) => ({
    name: 'bare Fastify route, one EVALSHA',
    value: median(rounds.bare, figure),
  });
  return [
    row(name, 'requests/s', median(rounds.service, 'perSecond'), against('perSecond')),
    row(cpuName, 'µs', median(rounds.service, 'cpu'), against('cpu')),
  ];
}

interface BenchServer {
  kind: 'service' | 'bare';
  pid: number;
  create(n: number): Promise<string>;
  /** Starts the sessions that {@link BenchServer.beat} is about. */
  prepareSessions(): Promise<void>;
  beat(n: number): Promise<string>;
  stop(): Promise<void>;
}

async function startServer(kind: BenchServer['kind'], redisPort: number): Promise<BenchServer> {
  const server = fork(new URL('./viewing/server.ts', import.meta.url).pathname, [kind, String(redisPort)]);
  const [url] = (await once(server, 'message')) as [string];
  const pool = new Pool(url, { connections: CONNECTIONS });
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
  const ids = sessionIdsFor(kind, pool);
  let sessions: string[] = [];
  return {
    kind,
    pid: server.pid!,
    create: (n) => post('/api/playback/session', newSession(n)),
    async prepareSessions() {
      sessions = await ids();
    },
    beat: (n) => post(`/api/playback/session/${sessions[n % sessions.length]}/heartbeat`, { position: n }),
    async stop() {
      await pool.close();
      server.disconnect();
      await once(server, 'exit');
    },
  };
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
