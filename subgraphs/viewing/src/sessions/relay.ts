import type { Bus, Topics } from '@giggityflix/bus';
import { type Logger, READY, type Service } from '@giggityflix/kernel';
import type { EventOutbox } from './store.ts';

/**
 * How long events gather before they are published, in milliseconds: nobody waits for them, and a claim for each would
 * triple what a heartbeat costs Redis.
 */
const LINGER_MS = 200;
/** The same while only heartbeats wait: most events are, and each claim costs Redis about what a heartbeat does. */
const HEARTBEAT_LINGER_MS = 500;
/** How often to look for events that other, perhaps dead, processes left, in milliseconds. */
const LOOK_EVERYWHERE_MS = 5_000;
/** How long to wait before publishing again after the bus refused, in milliseconds. */
const RETRY_MS = 1_000;

/** Carries events from the outbox to the bus, in order, at least once; each keeps its id however often it is sent. */
export function createEventRelay(deps: {
  outbox: EventOutbox;
  bus: Pick<Bus, 'publish'>;
  topics: Topics;
  logger: Logger;
}): Service & { flush(): Promise<void> } {
  const { outbox, bus, topics, logger } = deps;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = true;

  const publishOnce = async (everywhere: boolean): Promise<boolean> => {
    const claims = await outbox.claim({ everywhere });
    if (claims.length === 0) return false;
    try {
      await bus.publish(
        claims.flatMap(({ events }) =>
          events.map(({ id, event }) => ({
            topic: topics.playbackEvents,
            key: event.session_id,
            value: event,
            headers: { ce_id: id },
          })),
        ),
      );
    } catch (error) {
      await Promise.allSettled(claims.map((claim) => claim.release()));
      throw error;
    }
    await Promise.all(claims.map((claim) => claim.settle()));
    return true;
  };
  const drain = async (everywhere: boolean) => {
    try {
      do {
        again = false;
        while (await publishOnce(everywhere)) everywhere = false;
      } while (again && !stopped);
    } catch (error) {
      logger.warn({ err: error }, 'playback events wait: they could not be published');
      if (!stopped) setTimeout(() => wake(true), RETRY_MS).unref();
    }
  };
  const wake = (everywhere: boolean) => {
    if (stopped) return;
    if (running) {
      again = true;
      return;
    }
    running = drain(everywhere).finally(() => {
      running = null;
      if (again) wake(false);
    });
  };
  let lingering: { timer: NodeJS.Timeout; isLong: boolean } | undefined;
  const stopLingering = () => {
    clearTimeout(lingering?.timer);
    lingering = undefined;
  };
  outbox.onAdded((heartbeatsOnly) => {
    if (lingering && (heartbeatsOnly || !lingering.isLong)) return;
    stopLingering();
    const timer = setTimeout(
      () => {
        lingering = undefined;
        wake(false);
      },
      heartbeatsOnly ? HEARTBEAT_LINGER_MS : LINGER_MS,
    );
    lingering = { timer, isLong: heartbeatsOnly };
  });

  return {
    async start() {
      stopped = false;
      timer = setInterval(() => wake(true), LOOK_EVERYWHERE_MS);
      wake(true);
    },
    async stop() {
      if (stopped) return;
      clearInterval(timer);
      stopLingering();
      await running;
      await drain(false);
      stopped = true;
    },
    async flush() {
      await running;
      await drain(true);
    },
    ready: () => READY,
  };
}
