import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, ClusterProcess } from '../../stack/src/cluster/index.ts';
import type { UnexpectedExit } from './check/processes.ts';

/** Starts what ends, as an operator's supervisor does, and notes what ended by itself. */
export interface Supervisor {
  /** A fault ends this process: it is left to the fault until it is restored. */
  hold(name: string): void;
  /**
   * A fault may make this process end itself, as its makers say it does then: it is started again as any, and that is no violation, until
   * what is returned is called, which resolves once it is ready.
   */
  excuse(name: string): () => Promise<void>;
  /** Starts it unless it runs, with some variables more; resolves once it is ready. */
  restore(name: string, environment?: Record<string, string>): Promise<void>;
  readonly exits: readonly UnexpectedExit[];
  stop(): Promise<void>;
}

const LOOK_MS = 250;
const START_PAUSE_MS = 1_000;
/** As long as a process may take to be ready on a busy machine, with its stores gone for a while. */
const READY_WITHIN_MS = 300_000;

export function createSupervisor(cluster: Cluster, note: (what: string) => void): Supervisor {
  const startedAt = Date.now();
  const held = new Set<string>();
  const excused = new Set<string>();
  const starting = new Set<string>();
  const exits: UnexpectedExit[] = [];
  /** Whether it was ready since it was started: what exits before may lack its stores, and says so. */
  const wasReady = new Set(cluster.processes.map(({ name }) => name));
  let stopped = false;

  const start = async (process: ClusterProcess, environment: Record<string, string> = {}) => {
    wasReady.delete(process.name);
    starting.add(process.name);
    const deadline = Date.now() + READY_WITHIN_MS;
    try {
      while (!stopped) {
        if (!process.isRunning) await process.start(environment).catch(() => sleep(START_PAUSE_MS));
        if (process.isRunning && (await process.ready().catch(() => false))) {
          wasReady.add(process.name);
          return;
        }
        if (Date.now() > deadline) throw new Error(`${process.name} is not ready, see ${process.logPath}`);
        await sleep(LOOK_MS);
      }
    } finally {
      starting.delete(process.name);
    }
  };
  const watching = (async () => {
    for (; !stopped; await sleep(LOOK_MS))
      for (const process of cluster.processes) {
        const { name, isRunning } = process;
        if (isRunning || held.has(name) || starting.has(name) || stopped) continue;
        if (excused.has(name)) note(`${name} ended, as it does then`);
        else if (wasReady.has(name)) {
          exits.push({ name, at: Date.now() - startedAt });
          note(`${name} ended by itself, see ${process.logPath}`);
        }
        void start(process).catch((error) => note(String(error)));
      }
  })();
  return {
    exits,
    hold(name) {
      held.add(name);
    },
    excuse(name) {
      excused.add(name);
      return async () => {
        const deadline = Date.now() + READY_WITHIN_MS;
        const process = cluster.process(name);
        while (!process.isRunning || starting.has(name) || !(await process.ready().catch(() => false))) {
          if (Date.now() > deadline) throw new Error(`${name} is not ready, see ${process.logPath}`);
          await sleep(LOOK_MS);
        }
        excused.delete(name);
      };
    },
    async restore(name, environment) {
      try {
        await start(cluster.process(name), environment);
      } finally {
        held.delete(name);
      }
    },
    async stop() {
      stopped = true;
      await watching;
    },
  };
}
