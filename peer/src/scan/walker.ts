import { Worker } from 'node:worker_threads';
import type { WalkEvent, WalkRules } from './walk.ts';
import type { WalkReply, WalkRequest } from './worker.ts';

export interface WalkTarget {
  dir: string;
  root: string;
  recursive: boolean;
}

/** Walks folders in a thread of its own, one request after the other. */
export interface Walker {
  /** Hands over the differences in batches; resolves when the last one has been dealt with. */
  walk(targets: WalkTarget[], onEvents: (events: WalkEvent[]) => void): Promise<void>;
  /** Whether the thread is there; it starts with a walk, and ends when there has been none for a while. */
  hasThread(): boolean;
  stop(): Promise<void>;
}

interface Job {
  onEvents(events: WalkEvent[]): void;
  dealtWith: Int32Array;
  finish(error?: Error): void;
}

/** The thread ends after this without a walk, in milliseconds: it holds 6 MB, and starting it takes less than 50 ms. */
const IDLE_MS = 3_000;

export function createWalker(
  config: { databasePath: string; rules: WalkRules },
  { idleMs = IDLE_MS }: { idleMs?: number } = {},
): Walker {
  let worker: Worker | null = null;
  let job: Job | null = null;
  let last: Promise<void> = Promise.resolve();
  let stopped = false;
  let idle: NodeJS.Timeout | undefined;

  function spawn(): Worker {
    const fresh = new Worker(new URL('./worker.ts', import.meta.url), { workerData: config });
    const die = (reason: string) => {
      // One that ended for lack of work has nothing to do with the job of its successor.
      if (worker !== fresh) return;
      worker = null;
      job?.finish(new Error(reason));
    };
    fresh.on('message', receive);
    fresh.on('error', (error: Error) => die(error.message));
    fresh.on('exit', () => die('the scanner has stopped'));
    return fresh;
  }

  function end(current: Worker): void {
    if (worker === current) worker = null;
    void current.terminate();
  }

  function receive(reply: WalkReply): void {
    if (!job) return;
    const { dealtWith } = job;
    try {
      if (reply.kind === 'batch') {
        if (!stopped) job.onEvents(reply.events);
      } else job.finish(reply.kind === 'failed' ? new Error(reply.message) : undefined);
    } catch (error) {
      job.finish(error as Error);
    }
    Atomics.add(dealtWith, 0, 1);
    Atomics.notify(dealtWith, 0);
  }

  function run(targets: WalkTarget[], onEvents: (events: WalkEvent[]) => void): Promise<void> {
    if (stopped) return Promise.reject(new Error('the scanner has stopped'));
    clearTimeout(idle);
    worker ??= spawn();
    const current = worker;
    const dealtWith = new Int32Array(new SharedArrayBuffer(4));
    return new Promise((resolve, reject) => {
      const finish = (error?: Error) => {
        job = null;
        current.unref();
        idle = setTimeout(() => end(current), idleMs).unref();
        if (error) reject(error);
        else resolve();
      };
      job = { onEvents, dealtWith, finish };
      current.ref();
      current.postMessage({ targets, dealtWith } satisfies WalkRequest);
    });
  }

  return {
    walk(targets, onEvents) {
      const result = last.then(() => run(targets, onEvents));
      last = result.catch(() => {});
      return result;
    },
    hasThread: () => worker !== null,
    async stop() {
      stopped = true;
      clearTimeout(idle);
      await worker?.terminate();
    },
  };
}
