import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Pool } from 'undici';
import { type BenchRow, percentile, row } from '../row.ts';
import { readCpuTicks } from '../start/memory.ts';

const CONNECTIONS = 64;
/** Linux counts CPU time in hundredths of a second. */
const MICROSECONDS_PER_TICK = 10_000;
const WARM_UP = 2_000;
/** The servers take turns, so that what else the machine does meets both alike; medians are reported. */
const ROUNDS = 7;
const REQUESTS_PER_ROUND = 2_500;
const USERS = 5_000;

interface Round {
  perSecond: number;
  /** Of the process, its threads included: what other load on the machine changes little. In µs per request. */
  cpu: number;
}

/** Sessions and heartbeats per second against a bare route around the same script. */
export async function measureServers(redisPort: number): Promise<BenchRow[]> {
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
  const server = fork(new URL('./server.ts', import.meta.url).pathname, [kind, String(redisPort)]);
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
    return readCpuTicks(pid) * MICROSECONDS_PER_TICK;
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
