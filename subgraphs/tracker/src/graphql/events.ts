import { type Bus, type Consumer, type IncomingRecord, on, type Topics } from '@giggityflix/bus';
import { createEventHub, type EventHub, notReady, READY, type Service } from '@giggityflix/kernel';
import { LRUCache } from 'lru-cache';
import type { SubscriptionOwner } from '../availability/outbox.ts';
import { SEQUENCE_HEADER } from '../availability/publisher.ts';
import { createRecentEvents } from './recent.ts';

export interface AvailabilityEvent {
  catalogId: string;
  peerCount: number;
  changedAt: string;
}

export interface MatchEvent {
  subscriptionId: string;
  catalogId: string;
  peerCount: number;
  matchedAt: string;
}

/** The channel of an owner's matches. */
export function ownerChannel(owner: SubscriptionOwner): string {
  return `${owner.kind}:${owner.id}`;
}

/** Files whose last sequence is kept; a repetition follows the original within seconds. */
const MAX_REMEMBERED = 100_000;

/** Of one owner: as many films as are found at once. */
const MATCHES_PER_OWNER = 20;

/** The events of one kind, by channel. */
export interface LiveEvents<T> {
  /** What comes from now on; a subscription that was restored first gets what it may have missed. */
  read(channels: readonly string[], restored?: boolean): AsyncIterableIterator<T>;
}

/** Hands what any replica published to the clients connected to this one, without repetitions. */
export function createTrackerEvents(options: { bus: Bus; topics: Topics }): Service & {
  availability: LiveEvents<AvailabilityEvent>;
  matches: LiveEvents<MatchEvent>;
} {
  const { bus, topics } = options;
  // The last change of a file says all there is to know of it.
  const availability = createLiveEvents<AvailabilityEvent>(1);
  const matches = createLiveEvents<MatchEvent>(MATCHES_PER_OWNER);
  const isNew = createSequenceFilter();
  let consumer: Consumer | null = null;
  return {
    availability,
    matches,
    async start() {
      consumer = await bus.broadcast({
        routes: [
          on(topics.catalogAvailabilityChanged, (record) => {
            const { value } = record;
            if (!isNew(value.catalog_id, sequenceOf(record))) return;
            availability.emit(value.catalog_id, {
              catalogId: value.catalog_id,
              peerCount: value.available_peer_count,
              changedAt: value.timestamp,
            });
          }),
          on(topics.catalogSubscriptionMatched, (record) => {
            const { value } = record;
            if (!isNew(value.subscription_id, sequenceOf(record))) return;
            const event = {
              subscriptionId: value.subscription_id,
              catalogId: value.catalog_id,
              peerCount: value.available_peer_count,
              matchedAt: value.timestamp,
            };
            if (value.user_id) matches.emit(ownerChannel({ kind: 'user', id: value.user_id }), event);
            if (value.service_id)
              matches.emit(ownerChannel({ kind: 'service', id: value.service_id }), event);
          }),
        ],
      });
    },
    async stop() {
      await consumer?.stop();
      consumer = null;
      availability.close();
      matches.close();
    },
    ready: () => (consumer ? READY : notReady('not listening for changes yet')),
  };
}

function createLiveEvents<T>(keptPerChannel: number): LiveEvents<T> & Pick<EventHub<T>, 'emit' | 'close'> {
  const hub = createEventHub<T>();
  const recent = createRecentEvents<T>({ perChannel: keptPerChannel });
  return {
    emit(channel, event) {
      recent.add(channel, event);
      hub.emit(channel, event);
    },
    read: (channels, restored = false) => hub.read(channels, restored ? recent.of(channels) : []),
    close: hub.close,
  };
}

function sequenceOf(record: IncomingRecord): string | undefined {
  return record.headers[SEQUENCE_HEADER];
}

/** Whether a sequence is beyond the last one seen of its key; records without one always are. */
export function createSequenceFilter(maxKeys = MAX_REMEMBERED): (key: string, sequence?: string) => boolean {
  const last = new LRUCache<string, string>({ maxSize: maxKeys, sizeCalculation: () => 1 });
  return (key, sequence) => {
    if (sequence === undefined) return true;
    const seen = last.get(key);
    if (seen !== undefined && sequence <= seen) return false;
    last.set(key, sequence);
    return true;
  };
}
