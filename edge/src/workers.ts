import cluster, { type Worker } from 'node:cluster';
import { type Logger, notReady, READY, type Service } from '@giggityflix/platform';

/** Delay before a worker that died is replaced, in milliseconds. */
const RESTART_MS = 500;

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
  let stopping = false;

  const run = (index: number): Promise<void> => {
    const worker = cluster.fork({
      EDGE_ID: workerEdgeId(config.edgeId, index),
      HTTP_PORT: String(config.httpPort === 0 ? 0 : config.httpPort + index),
      GRPC_MAX_WORKERS: '1',
    });
    running.add(worker);
    return new Promise((resolve, reject) => {
      let started = false;
      worker.on('message', (message: { type?: string }) => {
        if (message.type !== 'started') return;
        started = true;
        resolve();
      });
      worker.on('exit', (code, signal) => {
        running.delete(worker);
        if (stopping) return;
        if (!started) return reject(new Error(`worker ${index + 1} did not start (exit code ${code})`));
        logger.error({ worker: index + 1, code, signal }, 'a worker died and is replaced');
        setTimeout(() => {
          if (!stopping)
            run(index).catch((error: unknown) => logger.error({ err: error }, 'it did not start'));
        }, RESTART_MS);
      });
    });
  };

  return {
    async start() {
      if (config.program) cluster.setupPrimary({ exec: config.program });
      await Promise.all(Array.from({ length: config.count }, (_, index) => run(index)));
      logger.info({ workers: config.count }, 'workers take peers');
    },
    async stop() {
      stopping = true;
      await Promise.all(
        Array.from(running, async (worker) => {
          const exited = new Promise((resolve) => worker.on('exit', resolve));
          worker.process.kill('SIGTERM');
          await exited;
        }),
      );
    },
    ready: () => (running.size === config.count ? READY : notReady('a worker is being replaced')),
  };
}

/** The first worker keeps the edge's id. */
export function workerEdgeId(edgeId: string, index: number): string {
  return index === 0 ? edgeId : `${edgeId}.${index + 1}`;
}
