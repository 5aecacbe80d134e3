import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabases } from './engines/postgres.ts';
import { formRedisCluster } from './engines/redis.ts';
import { writeEnvironmentFiles } from './environment-files.ts';
import { shareFilms } from './films.ts';
import { type Installation, type Member, prepareInstallation } from './installation.ts';
import { launchOf } from './launches.ts';
import { answers } from './probes.ts';
import { type ClusterProcess, createClusterProcess } from './process.ts';
import { setUpLink } from './set-up-link.ts';
import { createTokens } from './tokens.ts';
import type { ProcessKind, Topology } from './topology.schema.ts';
import { topology } from './topology.ts';
import { balancedPort } from './variables.ts';

export interface ClusterOptions {
  /** One Kafka broker. */
  readonly small?: boolean;
  /** Where everything is kept; an installation that is there is started again. */
  readonly directory: string;
  /** Paths of the films that each peer shares, in place of the samples. */
  readonly films?: readonly string[];
  /** Whether the balancer answers at the documented ports, where they are free; else all ports are any. */
  readonly documentedPorts?: boolean;
  /** Stops what is being started. */
  readonly signal?: AbortSignal;
  /** A process ended, asked to or not. */
  exited?(process: ClusterProcess, cause: string): void;
}

export interface Cluster {
  readonly topology: Topology;
  readonly directory: string;
  /** Of the gateways, through the balancer. */
  readonly balancerUrl: string;
  readonly processes: readonly ClusterProcess[];
  process(name: string): ClusterProcess;
  /** Where a process answers HTTP itself, or a balanced kind through the balancer. */
  url(name: string): string;
  /** The first port of a process. */
  port(name: string): number;
  /** Someone's bearer token, by default a viewer's. */
  token(subject: string, roles?: readonly string[]): Promise<string>;
  /** By which the first one becomes the owner; null when there are accounts. */
  setUpLink(): string | null;
  /** Ends everything in reverse order. */
  stop(): Promise<void>;
}

const START_ATTEMPTS = 4;
const START_DELAY_MS = 1_000;

/** What is done once the processes of a kind serve, before others use them. */
const COMPLETIONS: Partial<Record<ProcessKind, (installation: Installation) => Promise<void>>> = {
  redis: formRedisCluster,
  postgres: createDatabases,
};

/**
 * Starts an installation of two of each as processes of this machine, and resolves once everything is ready. When something
 * fails, everything is stopped, and the error names it.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { small = false, documentedPorts, exited } = options;
  const startedAt = Date.now();
  const installation = await prepareInstallation({ ...options, topology, small, documentedPorts });
  shareFilms(installation, options.films);
  writeEnvironmentFiles(installation);
  const processes = installation.members.map((member) =>
    createClusterProcess(launchOf(member, installation), { exited }),
  );
  const find = (name: string) => {
    const found = processes.find((process) => process.name === name);
    if (!found)
      throw new Error(
        `there is no process ${name}; there are ${processes.map((each) => each.name).join(', ')}`,
      );
    return found;
  };
  const tokens = createTokens(installation);
  const stopAll = () => stopInOrder(processes, installation);
  let stopped: Promise<void> | null = null;
  const stop = () => {
    stopped ??= tokens.close().then(stopAll);
    return stopped;
  };
  try {
    await startInOrder(installation, { find, stopAll, signal: options.signal });
  } catch (error) {
    await stop();
    throw error;
  }
  const front = (kind: string) => `http://127.0.0.1:${installation.frontends[kind]}`;
  return {
    topology,
    directory: installation.directory,
    balancerUrl: front('gateway'),
    processes,
    process: find,
    url: (name) =>
      installation.frontends[name]
        ? front(name)
        : httpUrl(
            installation.members.find((each) => each.name === name),
            name,
          ),
    port(name) {
      const member = installation.members.find((each) => each.name === find(name).name);
      return Object.values(member!.ports)[0]!;
    },
    token: (subject, roles = ['viewer']) => tokens.issue(subject, roles),
    setUpLink: () =>
      setUpLink(
        installation.of('identity').map(({ name }) => installation.logPath(name)),
        startedAt,
      ),
    stop,
  };
}

/** Each kind once those that it needs are ready; the first failure ends what runs by then, and what would follow. */
async function startInOrder(
  installation: Installation,
  deps: { find(name: string): ClusterProcess; stopAll(): Promise<void>; signal?: AbortSignal },
): Promise<void> {
  const { find, stopAll } = deps;
  const aborted = new AbortController();
  const signal = AbortSignal.any([aborted.signal, ...(deps.signal ? [deps.signal] : [])]);
  const kinds = new Map<ProcessKind, Promise<void>>();
  for (const { kind, needs } of installation.topology.processes) {
    const start = async () => {
      await Promise.all(needs.map((need) => kinds.get(need)));
      signal.throwIfAborted();
      await Promise.all(installation.of(kind).map(({ name }) => startPatiently(find(name), signal)));
      await COMPLETIONS[kind]?.(installation);
    };
    kinds.set(kind, start());
  }
  const all = [...kinds.values()];
  const interrupted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
  interrupted.catch(() => {});
  try {
    await Promise.race([Promise.all(all), interrupted]);
    for (const kind of Object.keys(installation.frontends)) await untilServed(kind, installation);
  } catch (error) {
    aborted.abort(error);
    await stopAll();
    // What was about to run when the others were ended runs now.
    await Promise.allSettled([...all, stopAll()]);
    throw error;
  }
}

/** As under any supervisor: what exits as a store or broker is not there yet is started again. */
async function startPatiently(process: ClusterProcess, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await process.start();
    } catch (error) {
      if (attempt === START_ATTEMPTS || process.pid !== null) throw error;
      await sleep(START_DELAY_MS);
    }
  }
}

/** The balancer has to notice that they are ready. */
async function untilServed(kind: string, { frontends }: Installation): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await answers(frontends[kind]!, '/ready').catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`the balancer does not reach a ${kind}`);
    await sleep(50);
  }
}

/** What uses others ends before them: peers, then services, then engines. */
async function stopInOrder(processes: readonly ClusterProcess[], { topology }: Installation): Promise<void> {
  for (const { kind } of [...topology.processes].reverse())
    await Promise.all(processes.filter((process) => process.kind === kind).map((process) => process.kill()));
}

function httpUrl(member: Member | undefined, name: string): string {
  const { group, ports } = member ?? {};
  const port = group && ports && (ports.http ?? ports.status ?? ports[balancedPort(group)]);
  if (!port) throw new Error(`${name} does not answer HTTP`);
  return `http://127.0.0.1:${port}`;
}
