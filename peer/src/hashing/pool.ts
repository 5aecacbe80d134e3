import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type FileHashes, HashingError } from './hash-file.ts';
import { divide, SPLIT_BYTES } from './lanes.ts';
import { createRingMemory } from './ring.ts';
import type { HashReply, HashRequest, HashWorkerData } from './worker.ts';

export interface HashPoolConfig {
  algorithms: readonly string[];
  /** Number of threads; 0 for half the cores, at least two. */
  workers: number;
  /** Over all threads; 0 for no limit. */
  maxBytesPerSecond: number;
}

/** Computes hashes off the event loop: a thread per file, or two for a large file while another has nothing to do. */
export interface HashPool {
  /** How many files are worth handing over at once. */
  readonly concurrency: number;
  /** @throws HashingError when the file cannot be hashed. */
  hash(path: string, algorithms?: readonly string[]): Promise<FileHashes>;
  /** Bytes read since the pool was made. */
  bytesRead(): number;
  stop(): Promise<void>;
}

/** What one thread does for a file. */
interface Task {
  request: HashRequest;
  resolve(reply: HashReply & { ok: true }): void;
  reject(error: Error): void;
}

const STOPPED = () => new HashingError('cancelled', 'hashing was stopped');

export function createHashPool(config: HashPoolConfig): HashPool {
  const concurrency = config.workers || Math.max(2, Math.floor(availableParallelism() / 2));
  const shared: HashWorkerData = {
    bytesRead: new BigInt64Array(new SharedArrayBuffer(8)),
    stopping: new Int32Array(new SharedArrayBuffer(4)),
    maxBytesPerSecond: config.maxBytesPerSecond / concurrency,
  };
  /** Groups of tasks that must run at the same time: one task, or a reader with its follower. */
  const queue: Task[][] = [];
  const idle: Worker[] = [];
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
      idle.push(worker);
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

  const freeWorkers = () => idle.length + concurrency - tasks.size;

  function dispatch(): void {
    while (!stopped && queue.length > 0 && queue[0]!.length <= freeWorkers()) {
      for (const task of queue.shift()!) {
        const worker = idle.pop() ?? spawn();
        tasks.set(worker, task);
        worker.ref();
        worker.postMessage(task.request);
      }
    }
  }

  /** Enqueues requests that run together; resolves with their replies. */
  function run(requests: Omit<HashRequest, 'id'>[]): Promise<(HashReply & { ok: true })[]> {
    const group: Task[] = [];
    const replies = requests.map(
      (request) =>
        new Promise<HashReply & { ok: true }>((resolve, reject) => {
          group.push({ request: { ...request, id: nextId++ }, resolve, reject });
        }),
    );
    queue.push(group);
    dispatch();
    return Promise.all(replies);
  }

  async function hash(path: string, algorithms: readonly string[]): Promise<FileHashes> {
    const size = await stat(path).then(
      (stats) => stats.size,
      () => 0,
    );
    if (stopped) throw STOPPED();
    const lanes = divide(algorithms);
    const split =
      size >= SPLIT_BYTES && lanes.follower.length > 0 && queue.length === 0 && freeWorkers() >= 2;
    const ring = split ? createRingMemory() : undefined;
    const replies = await run(
      split
        ? [
            { path, algorithms: lanes.reader, ring },
            { path, algorithms: lanes.follower, ring, follows: true },
          ]
        : [{ path, algorithms: [...algorithms] }],
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
    async stop() {
      stopped = true;
      Atomics.store(shared.stopping, 0, 1);
      Atomics.notify(shared.stopping, 0);
      for (const task of queue.splice(0).flat()) task.reject(STOPPED());
      await Promise.all(
        [...tasks].map(async ([worker, task]) => {
          task?.reject(STOPPED());
          await worker.terminate();
        }),
      );
    },
  };
}
