import { type Logger, notReady, type Service } from '@giggityflix/kernel';
import { createPrivateDirectory } from '@giggityflix/state';
import { explainStorageFailure } from '../library/write-health.ts';
import { hasRecovered, type IndexLocation, locateIndex, setAsideDamaged } from './index-location.ts';
import { lockDataDir } from './lock.ts';

/** How often a disk is looked at that could not be written. */
const RECOVERY_MS = 2_000;

export interface RecoveryDeps<D extends Service> {
  /** Builds the daemon on an index. @throws SqliteError when the index is damaged */
  compose(index: IndexLocation): D;
  /** Whether nobody would notice a restart of the daemon. */
  isIdle(daemon: D): boolean;
  logger: Logger;
}

/**
 * Runs a daemon on a data directory, one at a time: `start` of another rejects with AlreadyRunningError. A damaged index
 * is set aside. With a directory that is full or cannot be written the daemon works on a copy of its index, and returns
 * to the index itself when it can and is idle.
 */
export function createRecovery<D extends Service>(
  config: { dataDir: string },
  deps: RecoveryDeps<D>,
): Service & {
  /** @throws Error while no daemon is running. */
  current(): D;
  /** Stops the daemon, and runs it as it is composed now; resolves when it has started. */
  restart(): Promise<void>;
} {
  const { dataDir } = config;
  const { logger } = deps;
  let running: { daemon: D; index: IndexLocation } | null = null;
  let unlock: (() => void) | null = null;
  let recovery: NodeJS.Timeout | undefined;
  let recovering: Promise<void> = Promise.resolve();
  let stopped = false;

  async function run(): Promise<void> {
    unlock ??= lock();
    const index = locateIndex(dataDir);
    try {
      const daemon = compose(index);
      running = { daemon, index };
      await daemon.start();
    } catch (error) {
      await halt();
      index.release();
      throw error;
    }
    if (index.problem === null) return;
    logger.error({ data_dir: dataDir, reason: index.problem }, 'works on a copy of its index');
    recovery = setInterval(() => {
      if (!hasRecovered(dataDir) || !running || !deps.isIdle(running.daemon)) return;
      clearInterval(recovery);
      recovering = recover();
    }, RECOVERY_MS);
    recovery.unref();
  }

  function compose(index: IndexLocation): D {
    try {
      return deps.compose(index);
    } catch (error) {
      if (!setAsideDamaged(index.path, error)) throw error;
      logger.error({ err: error, path: index.path }, 'the index was damaged and is made anew');
      return deps.compose(index);
    }
  }

  async function recover(): Promise<void> {
    logger.info({ data_dir: dataDir }, 'the data directory can be written again: returns to its index');
    await runAnew();
  }

  async function runAnew(): Promise<void> {
    await halt();
    for (let failed = true; failed && !stopped; ) {
      failed = await run().then(
        () => false,
        (error: unknown) => {
          logger.error({ err: error }, 'the daemon does not start; it is tried again');
          return true;
        },
      );
      if (failed) await new Promise((resolve) => setTimeout(resolve, RECOVERY_MS).unref());
    }
  }

  async function halt(): Promise<void> {
    const former = running;
    running = null;
    clearInterval(recovery);
    await former?.daemon.stop();
    former?.index.release();
  }

  /** A directory nobody can write needs no lock, and cannot have one. */
  function lock(): (() => void) | null {
    try {
      return lockDataDir(dataDir);
    } catch (error) {
      if (explainStorageFailure(error) === null) throw error;
      return null;
    }
  }

  const stop = async () => {
    stopped = true;
    await recovering;
    await halt();
    unlock?.();
    unlock = null;
  };
  return {
    async start() {
      stopped = false;
      try {
        createPrivateDirectory(dataDir);
        await run();
      } catch (error) {
        await stop();
        const reason = explainStorageFailure(error);
        if (reason === null) throw error;
        throw new Error(`DATA_DIR ${dataDir} is of no use: ${reason}`, { cause: error });
      }
    },
    stop,
    restart() {
      recovering = recovering.then(() => (stopped ? undefined : runAnew()));
      return recovering;
    },
    ready: () => running?.daemon.ready() ?? notReady('starting or stopping'),
    current() {
      if (!running) throw new Error('the daemon is not running');
      return running.daemon;
    },
  };
}
