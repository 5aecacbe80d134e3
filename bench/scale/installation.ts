import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePorts } from '@giggityflix/testing/processes';
import { readCpuTicks, readMemory } from '../start/memory.ts';
import type { LoadAnswer, LoadPlan, LoadRequest } from './messages.ts';

const ROOT = join(import.meta.dirname, '../..');
/** A peer that is not heard of for so long is gone, in seconds: a quarter of the default, with heartbeats as often. */
const CONNECTION_TIMEOUT_S = 30;
const HEARTBEAT_S = 10;
const CHECK_S = 5;
/** Of Linux' clock in /proc, in milliseconds. */
const TICK_MS = 10;

export interface Usage {
  cpuMs: number;
  rssBytes: number;
}

export interface Running {
  process: ChildProcess;
  usage(): Usage;
  stop(): Promise<void>;
}

export interface ScaleInstallation {
  edges: { running: Running; id: string; port: number }[];
  tracker: Running;
  stop(): Promise<void>;
}

/** Edges and a tracker, the real programs, on one Kafka and one Redis. Peers may come in any number from this machine. */
export async function startInstallation(options: {
  edges: number;
  bootstrapServers: string;
  redis: { host: string; port: number };
}): Promise<ScaleInstallation> {
  const ports = await freePorts(options.edges * 2 + 1);
  const common = {
    PATH: process.env.PATH,
    HOST: '127.0.0.1',
    LOG_LEVEL: 'error',
    AUTH_MODE: 'demo',
    STATE: 'redis',
    REDIS_HOST: options.redis.host,
    REDIS_PORT: String(options.redis.port),
    BUS: 'kafka',
    KAFKA_BOOTSTRAP_SERVERS: options.bootstrapServers,
  };
  const tracker = await start('subgraphs/tracker/src/main.ts', {
    ...common,
    PORT: String(ports.pop()),
    CONNECTION_TIMEOUT_SECONDS: String(CONNECTION_TIMEOUT_S),
    HEARTBEAT_INTERVAL_SECONDS: String(CHECK_S),
  });
  const edges: ScaleInstallation['edges'] = [];
  for (let index = 0; index < options.edges; index += 1) {
    const [port, http] = [ports.pop() as number, ports.pop() as number];
    const id = `edge-${index}`;
    const running = await start('edge/src/main.ts', {
      ...common,
      ...ANY_NUMBER,
      EDGE_ID: id,
      HEARTBEAT_INTERVAL_SEC: String(HEARTBEAT_S),
      GRPC_USE_TLS: 'false',
      GRPC_SERVER_ADDRESS: `127.0.0.1:${port}`,
      GRPC_MAX_WORKERS: '1',
      HTTP_PORT: String(http),
      DRAIN_TIMEOUT_SEC: '0',
    });
    edges.push({ running, id, port });
  }
  return {
    edges,
    tracker,
    async stop() {
      await Promise.all([tracker, ...edges.map(({ running }) => running)].map((each) => each.stop()));
    },
  };
}

/** All peers are of one address here. */
const ANY_NUMBER = {
  MAX_PEERS: '200000',
  MAX_PEERS_PER_NETWORK: '0',
  REGISTRATIONS_PER_SEC: '0',
  REGISTRATION_TIMEOUT_SEC: '60',
  NETWORK_MESSAGES_PER_SEC: '0',
  NETWORK_FILES_PER_SEC: '0',
};

/** A process of peers, and how to ask it for something. */
export async function startPeers(
  plan: LoadPlan,
): Promise<{ ask(request: LoadRequest): Promise<string[]>; stop(): Promise<void> }> {
  const running = await start(
    'bench/scale/peers.ts',
    { PATH: process.env.PATH },
    { args: [JSON.stringify(plan)], execArgv: SMALL },
  );
  return {
    stop: running.stop,
    async ask(request) {
      running.process.send(request);
      const ended = once(running.process, 'exit').then(() => Promise.reject(new Error('the peers ended')));
      ended.catch(() => {});
      const [answer] = (await Promise.race([once(running.process, 'message'), ended])) as [LoadAnswer];
      return answer.peerIds;
    },
  };
}

/** So that many simulated peers fit into the machine beside what is measured. */
const SMALL = ['--max-semi-space-size=1', '--optimize-for-size'];

/** Resolves once the program says by IPC that it has started; it ends with this process. */
async function start(
  script: string,
  env: NodeJS.ProcessEnv,
  { args = [], execArgv = [] }: { args?: string[]; execArgv?: string[] } = {},
): Promise<Running> {
  const child = fork(join(ROOT, script), args, { cwd: ROOT, env, execArgv, stdio: 'inherit' });
  const ended = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`${script} ended with ${code} at its start`)),
  );
  ended.catch(() => {});
  await Promise.race([once(child, 'message'), ended]);
  return {
    process: child,
    usage: () => usageOf(child.pid as number),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
    },
  };
}

function usageOf(pid: number): Usage {
  return { cpuMs: readCpuTicks(pid) * TICK_MS, rssBytes: readMemory(pid).rss * 1e6 };
}
