import type { Logger } from './logger.ts';

/**
 * Whether a part would serve now; when not, `reason` explains it to an operator. One that serves may do so without some of
 * what it depends on, and names that.
 */
export type Readiness = { ready: true; unavailable?: readonly string[] } | { ready: false; reason: string };

/** A part that starts and stops: every factory of a service returns one. */
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

/** Something took longer than it may. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/** Rejects with a {@link DeadlineError} naming `what` when `promise` has not settled after `ms` milliseconds. */
export async function withDeadline<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlineError(`${what} took longer than ${ms} ms`)), ms);
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
 * running are stopped and the failure is thrown. The composite is ready when every part is; one without
 * a `ready` is ready once started; what parts serve without is named together. Until all are started it names the one it waits for.
 */
export function composeServices(parts: Readonly<Record<string, Part>>): Service {
  const entries = Object.entries(parts);
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
      for (const [, part] of entries) {
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
      const next = entries[running.length];
      if (next) return notReady(stopped ? 'stopping' : await whatIsStarting(...next));
      const unavailable: string[] = [];
      // At once: whoever asks for readiness has less patience than several parts together take to notice what does not answer.
      const answers = entries.map(async ([, part]) => (await part.ready?.()) ?? READY);
      for (const answer of answers) answer.catch(() => {});
      for (const answer of answers) {
        const readiness = await answer;
        if (!readiness.ready) return readiness;
        unavailable.push(...(readiness.unavailable ?? []));
      }
      return unavailable.length > 0 ? { ready: true, unavailable } : READY;
    },
  };
}

/** Names a part that is not started, and its reason where it gives one. */
async function whatIsStarting(name: string, part: Part): Promise<string> {
  const readiness = (await part.ready?.()) ?? READY;
  return readiness.ready ? `${name} is starting` : `${name}: ${readiness.reason}`;
}

/**
 * How long a process may take to start before it says which part did not come up and exits with status 1, for its
 * supervisor to try again. Longer than a rebalance of a Kafka group, or a migration.
 */
export const START_DEADLINE_MS = 120_000;
/** How long a part that does not start may take to say why. */
const EXPLAIN_MS = 1_000;
/** How long a process may take to stop before it exits with status 1 all the same. */
export const STOP_DEADLINE_MS = 10_000;

/**
 * Runs a service as the whole process: starts it, stops it on SIGTERM, SIGINT or when the parent closes
 * the IPC channel, and exits 0. A failure to start or to stop, in time, or an uncaught error exits 1. A second
 * SIGINT exits at once.
 */
export async function runProcess(
  service: Service,
  logger: Logger,
  options: { startDeadlineMs?: number; stopDeadlineMs?: number } = {},
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
  process.on('disconnect', () => void shutDown('the parent process exited', 0));
  logWarnings(logger);
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'uncaught exception');
    void shutDown('uncaught exception', 1);
  });
  process.on('unhandledRejection', (error) => {
    logger.fatal({ err: error }, 'unhandled rejection');
    void shutDown('unhandled rejection', 1);
  });
  try {
    await startInTime(service, options.startDeadlineMs ?? START_DEADLINE_MS);
  } catch (error) {
    logger.fatal({ err: error }, `cannot start: ${explainStartFailure(error)}`);
    await shutDown('failed to start', 1);
    return;
  }
  process.send?.({ type: 'started' });
  collectStartGarbage();
}

/** Warnings of Node.js and of libraries become lines of the log, which the default writes beside it as plain text. */
function logWarnings(logger: Logger): void {
  process.removeAllListeners('warning');
  process.on('warning', (warning) => logger.warn({ err: warning }, warning.message));
}

/** How long after its start a process has settled, in milliseconds. */
const SETTLED_MS = 5_000;

/**
 * Returns the memory that only starting took. V8 by itself keeps it for a process that is idle afterwards: 4 to 12 MB
 * each. Does nothing unless Node.js runs with `--expose-gc`.
 */
function collectStartGarbage(): void {
  const { gc } = globalThis;
  if (!gc) return;
  setTimeout(() => void gc({ type: 'major', execution: 'async', flavor: 'last-resort' }), SETTLED_MS).unref();
}

/** @throws Error with what is still missing when the time has passed. */
async function startInTime(service: Service, ms: number): Promise<void> {
  try {
    await withDeadline(service.start(), ms, 'starting');
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    const asked = Promise.resolve(service.ready());
    const readiness = await withDeadline(asked, EXPLAIN_MS, 'asking why').catch(() => READY);
    throw readiness.ready ? error : new Error(`${error.message}: ${readiness.reason}`);
  }
}

/** Explains the usual reasons why a process cannot start, and what to do. */
export function explainStartFailure(error: unknown): string {
  const failure = error as NodeJS.ErrnoException & { port?: number; address?: string };
  if (failure?.code === 'EADDRINUSE')
    return `port ${failure.port ?? '?'} is already in use on ${failure.address ?? 'this machine'}`;
  if (failure?.code === 'EACCES') return `permission denied: ${failure.path ?? failure.message}`;
  return error instanceof Error ? error.message : String(error);
}
