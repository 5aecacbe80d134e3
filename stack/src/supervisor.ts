import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { ProcessPlan } from './plan.ts';
import { createRestartDelays } from './restart-delays.ts';

/** What the supervisor reports about its processes. */
export interface SupervisorEvents {
  /** A line a process printed. */
  line(process: string, line: string): void;
  /** A process reported something. */
  message?(process: string, message: unknown): void;
  /** A process ended by itself and is started again after `delayMs`. */
  restarting(process: string, cause: string, delayMs: number): void;
}

export interface Supervisor {
  start(): void;
  /** Ends the processes in reverse order of the plan; one that does not go in time is killed. */
  stop(): Promise<void>;
  /** Ends a process as `stop` does and starts it again at once, also one that waits for its next start. */
  restart(process: ProcessPlan['name']): Promise<void>;
  /** Resolves when the process has said that it started, this time or an earlier one. */
  started(process: ProcessPlan['name']): Promise<void>;
  pid(process: ProcessPlan['name']): number | null;
}

/** Four processes, and one that stops at once, one after another, stay below the 5 s a person waits after Ctrl-C. */
const STOP_DEADLINE_MS = 1_100;

/** Runs the processes of the all-in-one and starts again what dies. */
export function createSupervisor(plan: readonly ProcessPlan[], events: SupervisorEvents): Supervisor {
  const processes = new Map(plan.map((item) => [item.name, superviseProcess(item, events)]));
  const find = (name: ProcessPlan['name']) => {
    const found = processes.get(name);
    if (!found) throw new Error(`no process ${name}`);
    return found;
  };
  return {
    start() {
      const first = plan.filter(({ isFirst }) => isFirst).map(({ name }) => find(name));
      const others = [...processes.values()].filter((process) => !first.includes(process));
      for (const process of first) process.start();
      if (first.length === 0) for (const process of others) process.start();
      else
        void Promise.all(first.map(({ started }) => started)).then(() => {
          for (const process of others) process.start();
        });
    },
    async stop() {
      for (const process of [...processes.values()].reverse()) await process.stop();
    },
    restart: (name) => find(name).restart(),
    started: (name) => find(name).started,
    pid: (name) => find(name).pid(),
  };
}

function superviseProcess(plan: ProcessPlan, events: SupervisorEvents) {
  const { promise: started, resolve: markStarted } = Promise.withResolvers<void>();
  let child: ChildProcess | null = null;
  let timer: NodeJS.Timeout | undefined;
  const delays = createRestartDelays();
  let stopping = false;
  /** The process that is being ended on purpose. */
  let ending: ChildProcess | null = null;

  const start = () => {
    if (stopping) return;
    const startedAt = Date.now();
    // A group of its own: Ctrl-C reaches the supervisor alone, which stops the others in order.
    const running = spawn(process.execPath, [...plan.nodeOptions, plan.script, ...plan.arguments], {
      env: { ...plan.environment } as NodeJS.ProcessEnv,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    child = running;
    for (const stream of [running.stdout, running.stderr]) {
      createInterface({ input: stream as Readable }).on('line', (line) => events.line(plan.name, line));
    }
    running.on('message', (message) => {
      if ((message as { type?: string }).type === 'started') markStarted();
      events.message?.(plan.name, message);
    });
    running.on('error', () => {});
    running.once('close', (code, signal) => {
      child = null;
      if (stopping || running === ending) return;
      const delayMs = delays.next(Date.now() - startedAt);
      events.restarting(plan.name, signal ? `was ended by ${signal}` : `exited with status ${code}`, delayMs);
      timer = setTimeout(start, delayMs);
    });
  };

  const end = async () => {
    clearTimeout(timer);
    const running = child;
    if (!running) return;
    ending = running;
    const closed = new Promise<void>((resolve) => running.once('close', () => resolve()));
    running.kill('SIGTERM');
    const deadline = setTimeout(() => running.kill('SIGKILL'), STOP_DEADLINE_MS);
    await closed;
    clearTimeout(deadline);
  };

  return {
    start,
    started,
    pid: () => child?.pid ?? null,
    async restart() {
      await end();
      delays.reset();
      if (!stopping && !child) start();
    },
    async stop() {
      stopping = true;
      await end();
    },
  };
}
