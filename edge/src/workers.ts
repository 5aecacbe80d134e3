import cluster, { type Worker } from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Logger, notReady, READY, type Service } from '@giggityflix/kernel';

/** Delays before a worker that died is replaced, in milliseconds; they double while none of its successors starts. */
const FIRST_RESTART_MS = 500;
const LONGEST_RESTART_MS = 15_000;

/**
 * How many processes share the work of one host: one for every two cores, as each keeps a core busy and
 * leaves the kernel's and the broker client's share to the other, and never more than `maxWorkers`.
 */
export function workerCount(maxWorkers: number, cores: number): number {
  return Math.max(1, Math.min(maxWorkers, Math.floor(cores / 2)));
}

export interface WorkersConfig {
  count: number;
  edgeId: string;
  /** Port of the first worker's HTTP listener; those of the others follow. 0 gives each a free one. */
  httpPort: number;
  /** The program of a worker; this process's own unless given. */
  program?: string;
}

/**
 * Runs several edges behind one gRPC address: the primary accepts connections and hands them out in turn.
 * Each worker is an edge of its own, with an id and thus a command topic of its own, so that a command
 * finds the process that has the peer. A worker that dies is replaced, and its peers reconnect.
 */
export function createWorkers(config: WorkersConfig, deps: { logger: Logger }): Service {
  const { logger } = deps;
  const running = new Set<Worker>();
  const serving = new Set<Worker>();
  const stopping = new AbortController();

  /** Resolves once the worker takes peers, rejects when it ends before that. */
  const run = (index: number): Promise<void> => {
    const worker = cluster.fork({
      EDGE_ID: workerEdgeId(config.edgeId, index),
      HTTP_PORT: String(config.httpPort === 0 ? 0 : config.httpPort + index),
      GRPC_MAX_WORKERS: '1',
    });
    running.add(worker);
    return new Promise((resolve, reject) => {
      worker.on('message', (message: { type?: string }) => {
        if (message.type !== 'started') return;
        serving.add(worker);
        resolve();
      });
      worker.on('exit', (code, signal) => {
        running.delete(worker);
        if (!serving.delete(worker))
          return reject(new Error(`worker ${index + 1} did not start (${signal ?? `exit code ${code}`})`));
        if (stopping.signal.aborted) return;
        logger.error({ worker: index + 1, code, signal }, 'a worker died and is replaced');
        void replace(index);
      });
    });
  };

  const replace = async (index: number): Promise<void> => {
    for (let delay = FIRST_RESTART_MS; ; delay = Math.min(LONGEST_RESTART_MS, delay * 2)) {
      await sleep(delay, null, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      try {
        return await run(index);
      } catch (error) {
        logger.error({ err: error }, 'the worker in its place did not start, trying again');
      }
    }
  };

  return {
    async start() {
      if (config.program) cluster.setupPrimary({ exec: config.program });
      await Promise.all(Array.from({ length: config.count }, (_, index) => run(index)));
      logger.info({ workers: config.count }, 'workers take peers');
    },
    async stop() {
      stopping.abort();
      await Promise.all(
        Array.from(running, async (worker) => {
          const exited = new Promise((resolve) => worker.on('exit', resolve));
          worker.process.kill('SIGTERM');
          await exited;
        }),
      );
    },
    ready: () =>
      serving.size === config.count
        ? READY
        : notReady(`${config.count - serving.size} of ${config.count} workers are starting`),
  };
}

/** The first worker keeps the edge's id. */
export function workerEdgeId(edgeId: string, index: number): string {
  return index === 0 ? edgeId : `${edgeId}.${index + 1}`;
}
