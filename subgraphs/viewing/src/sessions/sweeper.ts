import { type Logger, READY, type Service } from '@giggityflix/kernel';
import type { SessionStore } from './store.ts';

/** How often to look for expired leases, in milliseconds: a lost player's slot is held at most that much longer than its lease. */
const SWEEP_INTERVAL_MS = 1_000;

/** Ends sessions whose lease has expired. Any number of processes may sweep: the store ends each session once. */
export function createSweeper(deps: {
  store: Pick<SessionStore, 'sweep'>;
  logger: Logger;
  onExpired(count: number): void;
  intervalMs?: number;
}): Service {
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> | null = null;
  let stopped = true;
  const sweep = async () => {
    try {
      const count = await deps.store.sweep();
      if (count > 0) deps.onExpired(count);
    } catch (error) {
      deps.logger.warn({ err: error }, 'expired leases could not be swept; trying again');
    }
  };
  const next = () => {
    if (stopped) return;
    // Jitter keeps the processes of a fleet from sweeping in step.
    const delay = (deps.intervalMs ?? SWEEP_INTERVAL_MS) * (0.75 + 0.5 * Math.random());
    timer = setTimeout(() => {
      sweeping = sweep().finally(next);
    }, delay);
  };
  return {
    async start() {
      stopped = false;
      next();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await sweeping;
    },
    ready: () => READY,
  };
}
