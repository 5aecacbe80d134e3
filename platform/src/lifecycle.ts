import type { Logger } from './logger.ts';

/** Whether a part would serve now; when not, `reason` says why in words for an operator. */
export type Readiness = { ready: true } | { ready: false; reason: string };

/** A part with a life: every factory of a service returns one. */
export interface Service {
  /** Resolves once the part does its work; rejects when it cannot (a taken port, an unreachable store). */
  start(): Promise<void>;
  /** Stops accepting, finishes what is in flight, releases everything. Safe to call twice and before `start`. */
  stop(): Promise<void>;
  ready(): Readiness | Promise<Readiness>;
}

export const READY: Readiness = { ready: true };

export function notReady(reason: string): Readiness {
  return { ready: false, reason };
}

/** Rejects with an error naming `what` when `promise` has not settled after `ms` milliseconds. */
export async function withDeadline<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** A {@link Service}, or what only starts and stops, such as a bus. */
export type Part = Omit<Service, 'ready'> & Partial<Pick<Service, 'ready'>>;

/**
 * Starts parts in the order given and stops them in reverse. When one fails to start, those already
 * running are stopped and the failure is thrown. The composite is ready when every part is; one that says
 * nothing of it is ready once started.
 */
export function composeServices(parts: readonly Part[]): Service {
  let running: Part[] = [];
  let stopped = false;
  const stop = async () => {
    stopped = true;
    const toStop = running.reverse();
    running = [];
    const failures: unknown[] = [];
    for (const part of toStop) await part.stop().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, 'some parts did not stop cleanly');
  };
  return {
    async start() {
      stopped = false;
      for (const part of parts) {
        try {
          await part.start();
          running.push(part);
          if (stopped) throw new Error('stopped while starting');
        } catch (error) {
          await stop().catch(() => {});
          throw error;
        }
      }
    },
    stop,
    async ready() {
      if (running.length < parts.length) return notReady('starting or stopping');
      for (const part of parts) {
        const readiness = (await part.ready?.()) ?? READY;
        if (!readiness.ready) return readiness;
      }
      return READY;
    },
  };
}

/** How long a process may take to stop before it gives up and exits with status 1. */
export const STOP_DEADLINE_MS = 10_000;

/**
 * Runs a service as the whole process: starts it, stops it on SIGTERM, SIGINT or when the parent closes
 * the IPC channel, and exits 0. A failure to start, to stop in time, or an uncaught error exits 1. A second
 * SIGINT, from someone who will not wait, exits at once.
 */
export async function runProcess(
  service: Service,
  logger: Logger,
  options: { stopDeadlineMs?: number } = {},
): Promise<void> {
  let stopping = false;
  const shutDown = async (cause: string, exitCode: number) => {
    if (stopping) return;
    stopping = true;
    logger.info({ cause }, 'stopping');
    try {
      await withDeadline(service.stop(), options.stopDeadlineMs ?? STOP_DEADLINE_MS, 'stopping');
    } catch (error) {
      logger.error({ err: error }, 'did not stop cleanly');
      exitCode = 1;
    }
    logger.flush?.();
    process.exit(exitCode);
  };
  process.on('SIGTERM', () => void shutDown('SIGTERM', 0));
  let interrupted = false;
  process.on('SIGINT', () => {
    if (interrupted) process.exit(130);
    interrupted = true;
    void shutDown('SIGINT', 0);
  });
  process.on('disconnect', () => void shutDown('the parent process went away', 0));
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'uncaught exception');
    void shutDown('uncaught exception', 1);
  });
  process.on('unhandledRejection', (error) => {
    logger.fatal({ err: error }, 'unhandled rejection');
    void shutDown('unhandled rejection', 1);
  });
  try {
    await service.start();
  } catch (error) {
    logger.fatal({ err: error }, `cannot start: ${explainStartFailure(error)}`);
    await shutDown('failed to start', 1);
    return;
  }
  process.send?.({ type: 'started' });
}

/** Puts the usual reasons a process cannot start in words that say what to do. */
export function explainStartFailure(error: unknown): string {
  const failure = error as NodeJS.ErrnoException & { port?: number; address?: string };
  if (failure?.code === 'EADDRINUSE')
    return `port ${failure.port ?? '?'} is already in use on ${failure.address ?? 'this machine'}`;
  if (failure?.code === 'EACCES') return `permission denied: ${failure.path ?? failure.message}`;
  return error instanceof Error ? error.message : String(error);
}
