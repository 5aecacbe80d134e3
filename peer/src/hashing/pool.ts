import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { toPath } from '../files/escaped-names.ts';
import { type FileHashes, HashingError } from './hash-file.ts';
import { divide, EXPRESS_BYTES, SPLIT_BYTES } from './lanes.ts';
import { createRingMemory } from './ring.ts';
import type { HashReply, HashRequest, HashWorkerData } from './worker.ts';

export interface HashPoolConfig {
  algorithms: readonly string[];
  /** Number of threads; 0 for half the cores, at least two. */
  workers: number;
  /** Over all threads; 0 for no limit. */
  maxBytesPerSecond: number;
  /** Folders that what is read must lie in; without them it may lie anywhere. */
  roots?: readonly string[];
  /** For how long a thread without work is kept, in milliseconds. */
  idleMs?: number;
}

/**
 * Computes hashes off the event loop: a thread per file, or two for a large file while another has nothing to do. While
 * all threads are taken, one more reads files below {@link EXPRESS_BYTES}, so that these do not wait for a long film.
 */
export interface HashPool {
  /** How many files are worth handing over at once, beside a small one. */
  readonly concurrency: number;
  /** @throws HashingError when the file cannot be hashed. */
  hash(path: string, algorithms?: readonly string[]): Promise<FileHashes>;
  /** Bytes read since the pool was made. */
  bytesRead(): number;
  /** How many threads there are; they start with work, and end when there has been none for a while. */
  threads(): number;
  stop(): Promise<void>;
}

/** What one thread does for a file. */
interface Task {
  request: HashRequest;
  /** Whether the thread for small files does it. */
  isExpress: boolean;
  resolve(reply: HashReply & { ok: true }): void;
  reject(error: Error): void;
}

/** Tasks that must run at the same time: one, or a reader with its follower. */
interface Group {
  tasks: Task[];
  isSmall: boolean;
}

/** A thread without work ends after this, in milliseconds: each holds 6 MB, and starting one takes less than 50 ms. */
const IDLE_MS = 3_000;

const STOPPED = () => new HashingError('cancelled', 'hashing was stopped');

export function createHashPool(config: HashPoolConfig): HashPool {
  const concurrency = config.workers || Math.max(2, Math.floor(availableParallelism() / 2));
  const shared: HashWorkerData = {
    bytesRead: new BigInt64Array(new SharedArrayBuffer(8)),
    stopping: new Int32Array(new SharedArrayBuffer(4)),
    maxBytesPerSecond: config.maxBytesPerSecond,
    paidUntil: new BigInt64Array(new SharedArrayBuffer(8)),
  };
  const roots = config.roots ? [...config.roots] : undefined;
  const queue: Group[] = [];
  /** Threads without work, and the timers that end them. */
  const idle = new Map<Worker, NodeJS.Timeout>();
  const tasks = new Map<Worker, Task | null>();
  let nextId = 0;
  let stopped = false;

  function spawn(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: shared });
    worker.unref();
    tasks.set(worker, null);
    worker.on('message', (reply: HashReply) => {
      const task = tasks.get(worker);
      tasks.set(worker, null);
      idle.set(worker, setTimeout(() => end(worker), config.idleMs ?? IDLE_MS).unref());
      worker.unref();
      if (reply.ok) task?.resolve(reply);
      else task?.reject(new HashingError(reply.code as HashingError['code'], reply.message));
      dispatch();
    });
    worker.on('error', (error: Error) => {
      tasks.get(worker)?.reject(new HashingError('unreadable', `hashing failed: ${error.message}`));
      tasks.delete(worker);
      dispatch();
    });
    return worker;
  }

  function end(worker: Worker): void {
    idle.delete(worker);
    tasks.delete(worker);
    void worker.terminate();
  }

  /** The thread that has been without work for the shortest time, or a new one. */
  function takeThread(): Worker {
    const worker = [...idle.keys()].at(-1);
    if (!worker) return spawn();
    clearTimeout(idle.get(worker));
    idle.delete(worker);
    return worker;
  }

  const running = (isExpress: boolean) =>
    [...tasks.values()].filter((task) => task?.isExpress === isExpress).length;
  const freeThreads = () => concurrency - running(false);

  /** Starts what there is a thread for, in order; small files may overtake. */
  function dispatch(): void {
    let isFull = false;
    for (const group of [...queue]) {
      if (stopped) return;
      isFull ||= group.tasks.length > freeThreads();
      const isExpress = isFull && group.isSmall && running(true) === 0;
      if (isFull && !isExpress) continue;
      queue.splice(queue.indexOf(group), 1);
      for (const task of group.tasks) {
        const worker = takeThread();
        tasks.set(worker, { ...task, isExpress });
        worker.ref();
        worker.postMessage(task.request);
      }
    }
  }

  /** Enqueues requests that run together; resolves with their replies. */
  function run(requests: Omit<HashRequest, 'id'>[], isSmall: boolean): Promise<(HashReply & { ok: true })[]> {
    const group: Task[] = [];
    const replies = requests.map(
      (request) =>
        new Promise<HashReply & { ok: true }>((resolve, reject) => {
          group.push({ request: { ...request, id: nextId++ }, isExpress: false, resolve, reject });
        }),
    );
    queue.push({ tasks: group, isSmall });
    dispatch();
    return Promise.all(replies);
  }

  async function hash(path: string, algorithms: readonly string[]): Promise<FileHashes> {
    const size = await stat(toPath(path)).then(
      (stats) => stats.size,
      () => 0,
    );
    if (stopped) throw STOPPED();
    const lanes = divide(algorithms);
    const split =
      size >= SPLIT_BYTES && lanes.follower.length > 0 && queue.length === 0 && freeThreads() >= 2;
    const ring = split ? createRingMemory() : undefined;
    const replies = await run(
      split
        ? [
            { path, roots, algorithms: lanes.reader, ring },
            { path, roots, algorithms: lanes.follower, ring, follows: true },
          ]
        : [{ path, roots, algorithms: [...algorithms] }],
      size < EXPRESS_BYTES,
    );
    let result: FileHashes | null = null;
    const hashes: Record<string, string> = {};
    for (const reply of replies) {
      if ('result' in reply) result = reply.result;
      Object.assign(hashes, 'result' in reply ? reply.result.hashes : reply.hashes);
    }
    return { ...result!, hashes };
  }

  return {
    concurrency,
    hash: async (path, algorithms = config.algorithms) => {
      if (stopped) throw STOPPED();
      return hash(path, algorithms);
    },
    bytesRead: () => Number(Atomics.load(shared.bytesRead, 0)),
    threads: () => tasks.size,
    async stop() {
      stopped = true;
      for (const timer of idle.values()) clearTimeout(timer);
      Atomics.store(shared.stopping, 0, 1);
      Atomics.notify(shared.stopping, 0);
      for (const { tasks: waiting } of queue.splice(0)) for (const task of waiting) task.reject(STOPPED());
      await Promise.all(
        [...tasks].map(async ([worker, task]) => {
          task?.reject(STOPPED());
          await worker.terminate();
        }),
      );
    },
  };
}
