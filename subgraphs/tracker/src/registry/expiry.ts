import { type Logger, READY, type Service } from '@giggityflix/kernel';
import type { PeerRegistry } from './registry.ts';

/** Peers acted on in one step; the next step follows at once while there are more. */
const BATCH_SIZE = 100;
/** How often to look for changes that a crashed process left unfinished, in milliseconds. */
const REPAIR_INTERVAL_MS = 2_000;

/** Expires peers without a heartbeat every `intervalMs` (`HEARTBEAT_INTERVAL_SECONDS`), and completes what a crash left. */
export function createExpiry(options: {
  registry: PeerRegistry;
  intervalMs: number;
  logger: Logger;
}): Service {
  const { registry, logger } = options;
  const timers: NodeJS.Timeout[] = [];
  const running = new Set<Promise<void>>();

  const every = (intervalMs: number, what: string, work: () => Promise<void>) => {
    let busy = false;
    const tick = () => {
      if (busy) return;
      busy = true;
      const run = work()
        .catch((error) => logger.warn({ err: error }, `${what} failed; it is tried again`))
        .finally(() => {
          busy = false;
          running.delete(run);
        });
      running.add(run);
    };
    timers.push(setInterval(tick, intervalMs));
  };
  return {
    async start() {
      every(options.intervalMs, 'looking for stale peers', async () => {
        while ((await registry.expireDue(BATCH_SIZE)) === BATCH_SIZE);
      });
      every(REPAIR_INTERVAL_MS, 'repairing', () => registry.repair());
    },
    async stop() {
      for (const timer of timers.splice(0)) clearInterval(timer);
      await Promise.all(running);
    },
    ready: () => READY,
  };
}
