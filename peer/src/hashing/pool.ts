import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type FileHashes, HashingError } from './hash-file.ts';
import type { HashReply, HashRequest, HashWorkerData } from './worker.ts';

export interface HashPoolConfig {
  algorithms: readonly string[];
  /** Number of threads; 0 for half the cores, at least two. */
  workers: number;
  /** Over all threads; 0 for no limit. */
  maxBytesPerSecond: number;
}

/** Computes hashes off the event loop, one file per thread at a time. */
export interface HashPool {
  /** How many files are worth handing over at once. */
  readonly concurrency: number;
  /** @throws HashingError when the file cannot be hashed. */
  hash(path: string, algorithms?: readonly string[]): Promise<FileHashes>;
  /** Bytes read since the pool was made. */
  bytesRead(): number;
  stop(): Promise<void>;
}

interface Job {
  path: string;
  algorithms: string[];
  resolve(result: FileHashes): void;
  reject(error: Error): void;
}

export function createHashPool(config: HashPoolConfig): HashPool {
  const concurrency = config.workers || Math.max(2, Math.floor(availableParallelism() / 2));
  const shared: HashWorkerData = {
    bytesRead: new BigInt64Array(new SharedArrayBuffer(8)),
    stopping: new Int32Array(new SharedArrayBuffer(4)),
    maxBytesPerSecond: config.maxBytesPerSecond / concurrency,
  };
  const queue: Job[] = [];
  const idle: Worker[] = [];
  const workers = new Map<Worker, Job | null>();
  let nextId = 0;
  let stopped = false;

  function spawn(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: shared });
    worker.unref();
    workers.set(worker, null);
    worker.on('message', (reply: HashReply) => {
      const job = workers.get(worker);
      workers.set(worker, null);
      idle.push(worker);
      worker.unref();
      if (reply.ok) job?.resolve(reply.result);
      else job?.reject(new HashingError(reply.code as HashingError['code'], reply.message));
      dispatch();
    });
    worker.on('error', (error: Error) => {
      workers.get(worker)?.reject(new HashingError('unreadable', `hashing failed: ${error.message}`));
      workers.delete(worker);
      dispatch();
    });
    return worker;
  }

  function dispatch(): void {
    while (queue.length > 0 && !stopped) {
      const worker = idle.pop() ?? (workers.size < concurrency ? spawn() : undefined);
      if (!worker) return;
      const job = queue.shift()!;
      workers.set(worker, job);
      worker.ref();
      const request: HashRequest = { id: nextId++, path: job.path, algorithms: job.algorithms };
      worker.postMessage(request);
    }
  }

  return {
    concurrency,
    hash(path, algorithms = config.algorithms) {
      if (stopped) return Promise.reject(new HashingError('cancelled', 'hashing was stopped'));
      return new Promise((resolve, reject) => {
        queue.push({ path, algorithms: [...algorithms], resolve, reject });
        dispatch();
      });
    },
    bytesRead: () => Number(Atomics.load(shared.bytesRead, 0)),
    async stop() {
      stopped = true;
      Atomics.store(shared.stopping, 0, 1);
      Atomics.notify(shared.stopping, 0);
      for (const job of queue.splice(0)) job.reject(new HashingError('cancelled', 'hashing was stopped'));
      await Promise.all(
        [...workers].map(async ([worker, job]) => {
          job?.reject(new HashingError('cancelled', 'hashing was stopped'));
          await worker.terminate();
        }),
      );
    },
  };
}
