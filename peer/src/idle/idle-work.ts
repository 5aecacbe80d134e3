import type { Logger } from '@giggityflix/kernel';

export interface IdleWorkOptions {
  /** Does what there is to do, for as long as `mayGoOn` says so. */
  run(work: { mayGoOn(): boolean }): Promise<void>;
  isIdle: () => boolean;
  /** Whether it is to look again in a while: not idle for a reason that ends by itself. */
  isBehind: () => boolean;
  /** How long that while is, in milliseconds. */
  behindMs: number;
  /** What is logged where `run` fails. */
  failure: string;
  logger: Logger;
}

/** Work of which one run goes on at a time, when there is nothing better to do. */
export interface IdleWork {
  /** Call when there may be something to do. Who asks while a run comes to nothing is not forgotten: it looks again. */
  pump(): void;
  isStopped(): boolean;
  /** Resolves when the run under way has ended. */
  stop(): Promise<void>;
}

export function createIdleWork(options: IdleWorkOptions): IdleWork {
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  let later: NodeJS.Timeout | undefined;

  const mayGoOn = () => {
    if (stopped || !options.isIdle()) return false;
    if (!options.isBehind()) return true;
    later ??= setTimeout(() => {
      later = undefined;
      pump();
    }, options.behindMs);
    later.unref();
    return false;
  };

  async function runAll(): Promise<void> {
    try {
      while (again) {
        again = false;
        await options.run({ mayGoOn });
      }
    } catch (error) {
      options.logger.warn({ err: error }, options.failure);
    } finally {
      // At once: whoever asks later begins anew.
      running = null;
    }
  }

  function pump(): void {
    if (stopped) return;
    again = true;
    running ??= runAll();
  }

  return {
    pump,
    isStopped: () => stopped,
    async stop() {
      stopped = true;
      clearTimeout(later);
      await running;
    },
  };
}
