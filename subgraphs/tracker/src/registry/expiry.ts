import { type Logger, READY, type Service } from '@giggityflix/kernel';
import type { PeerRegistry } from './registry.ts';

/** Peers acted on in one step; the next step follows at once while there are more. */
const BATCH_SIZE = 100;
/** How often to look for changes that a crashed process left unfinished, in milliseconds. */
const REPAIR_INTERVAL_MS = 2_000;
/** How often to look whether events arrive, in milliseconds. */
const WATCH_INTERVAL_MS = 1_000;
/** So long events may take to arrive before a silent peer may be one whose heartbeats did not, in milliseconds. */
const MAX_BEHIND_MS = 5_000;

/**
 * Expires peers without a heartbeat every `intervalMs` (`HEARTBEAT_INTERVAL_SECONDS`), and completes what a crash left.
 * Silence is no death while this process does not receive what was sent: until it has caught up, and from then until
 * every living peer has had the time to send another heartbeat, nobody expires.
 */
export function createExpiry(options: {
  registry: PeerRegistry;
  intervalMs: number;
  connectionTimeoutMs: number;
  /** Events published before this time have been applied; milliseconds since 1970. */
  caughtUpAt: () => number;
  logger: Logger;
}): Service {
  const { registry, logger, caughtUpAt, connectionTimeoutMs } = options;
  const timers: NodeJS.Timeout[] = [];
  const running = new Set<Promise<void>>();
  let wasBehind = false;

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

  const isBehind = () => Date.now() - caughtUpAt() > MAX_BEHIND_MS;
  const watch = async () => {
    const behind = isBehind();
    if (behind !== wasBehind)
      logger.warn(behind ? 'events do not arrive; no peer expires' : 'events arrive again; peers may expire');
    wasBehind = behind;
    if (behind) await registry.deferExpiry(connectionTimeoutMs);
  };

  return {
    async start() {
      // Nothing was received while this process was not running.
      await registry.deferExpiry(connectionTimeoutMs);
      every(WATCH_INTERVAL_MS, 'deferring the expiry of peers', watch);
      every(options.intervalMs, 'looking for stale peers', async () => {
        if (isBehind()) return;
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
