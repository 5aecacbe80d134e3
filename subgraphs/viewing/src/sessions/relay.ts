import type { Bus, OutgoingRecord, PlaybackEvent, Topics } from '@giggityflix/bus';
import type { Logger } from '@giggityflix/kernel';
import { createOutboxRelay, type OutboxRelay } from '@giggityflix/state';
import type { EventOutbox } from './store.ts';

/** Events published in one call. */
const BATCH_SIZE = 6_400;
/**
 * How long events gather before they are published, in milliseconds: nobody waits for them, and a claim for each would
 * triple what a heartbeat costs Redis. Heartbeats alone gather for longer: most events are, and each claim costs Redis
 * about what a heartbeat does.
 */
const LINGER_MS = { urgent: 200, relaxed: 500 };
/** How often to look for events that other processes left, perhaps in a crash, in milliseconds. */
const POLL_MS = 5_000;
/** How long to wait before publishing again after the bus refused, in milliseconds. */
const RETRY_MS = 1_000;

/** Carries events from the outbox to the bus; each keeps its id however often it is sent. */
export function createEventRelay(deps: {
  outbox: EventOutbox;
  bus: Pick<Bus, 'publish'>;
  topics: Topics;
  /** What is published with the event of a session's end. */
  endings(event: PlaybackEvent): Promise<OutgoingRecord[]>;
  logger: Logger;
}): OutboxRelay {
  const { outbox, bus, topics, logger } = deps;
  return createOutboxRelay({
    outbox,
    async publish(entries) {
      const ended = entries.filter(({ event }) => event.reason != null);
      const endings = await Promise.all(ended.map(({ event }) => deps.endings(event)));
      await bus.publish([
        ...endings.flat(),
        ...entries.map(({ id, event }) => ({
          topic: topics.playbackEvents,
          key: event.session_id,
          value: event,
          headers: { ce_id: id },
        })),
      ]);
    },
    batchSize: BATCH_SIZE,
    lingerMs: LINGER_MS,
    pollMs: POLL_MS,
    retryMs: RETRY_MS,
    logger,
  });
}
