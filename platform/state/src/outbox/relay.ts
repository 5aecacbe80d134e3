import { type Logger, READY, type Service } from '@giggityflix/kernel';
import type { Outbox } from './outbox.ts';

export interface OutboxRelayOptions<E> {
  outbox: Outbox<E>;
  /** Puts entries on the bus in this order; resolves once the bus has them. */
  publish(entries: readonly E[]): Promise<void>;
  /** Entries published in one call. */
  batchSize: number;
  /** How long entries gather before they are published, in milliseconds; published at once without. */
  lingerMs?: { urgent: number; relaxed: number };
  /** How often to look for entries that other processes left, perhaps in a crash, in milliseconds. */
  pollMs: number;
  /** How long to wait after the bus refused entries, in milliseconds. */
  retryMs: number;
  logger: Logger;
  onPublished?(count: number): void;
}

export interface OutboxRelay extends Service {
  /** Publishes everything that can be claimed now; a failure is logged and tried again later. */
  flush(): Promise<void>;
}

/** Carries entries from an outbox to the bus: in order for each key, at least once. */
export function createOutboxRelay<E>(options: OutboxRelayOptions<E>): OutboxRelay {
  const { outbox, logger } = options;
  const lingerMs = options.lingerMs ?? { urgent: 0, relaxed: 0 };
  let poll: NodeJS.Timeout | undefined;
  let lingering: { timer: NodeJS.Timeout; urgent: boolean } | undefined;
  let running: Promise<void> | null = null;
  let again = false;
  /** The next claim is to look for entries of other processes too. */
  let lookEverywhere = false;
  let stopped = true;

  const publishBatch = async (): Promise<boolean> => {
    const everywhere = lookEverywhere;
    lookEverywhere = false;
    const claim = await outbox.claim({ limit: options.batchSize, everywhere });
    if (!claim) return false;
    try {
      await options.publish(claim.entries);
    } catch (error) {
      await claim.release().catch(() => {});
      throw error;
    }
    await claim.complete();
    options.onPublished?.(claim.entries.length);
    return true;
  };
  const drain = async () => {
    try {
      do {
        again = false;
        while (await publishBatch());
      } while (again && !stopped);
    } catch (error) {
      logger.warn({ err: error }, 'events could not be published; they are kept');
      if (!stopped) setTimeout(() => wake(true), options.retryMs).unref();
    }
  };
  const wake = (everywhere: boolean) => {
    if (stopped) return;
    lookEverywhere ||= everywhere;
    if (running) {
      // A drain that never ends, since this process appends all the time, must find what others left.
      again = true;
      return;
    }
    running = drain().finally(() => {
      running = null;
      if (again) wake(false);
    });
  };
  const stopLingering = () => {
    clearTimeout(lingering?.timer);
    lingering = undefined;
  };
  outbox.onAppend((urgent) => {
    const delay = urgent ? lingerMs.urgent : lingerMs.relaxed;
    if (delay === 0) return wake(false);
    if (lingering && (lingering.urgent || !urgent)) return;
    stopLingering();
    const timer = setTimeout(() => {
      lingering = undefined;
      wake(false);
    }, delay);
    lingering = { timer, urgent };
  });

  return {
    async start() {
      stopped = false;
      poll = setInterval(() => wake(true), options.pollMs);
      wake(true);
    },
    async stop() {
      if (stopped) return;
      clearInterval(poll);
      stopLingering();
      await running;
      await drain();
      stopped = true;
    },
    async flush() {
      await running;
      lookEverywhere = true;
      await drain();
    },
    ready: () => READY,
  };
}
