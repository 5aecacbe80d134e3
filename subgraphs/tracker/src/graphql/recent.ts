import { LRUCache } from 'lru-cache';

/** Longer than a gateway takes to notice a lost connection and to restore its subscriptions. */
const MAX_AGE_MS = 120_000;
const MAX_CHANNELS = 100_000;

/** The last events of each channel, for subscriptions that may have missed them. */
export interface RecentEvents<T> {
  add(channel: string, event: T): void;
  /** Those of some channels within two minutes, in the order in which they came. */
  of(channels: Iterable<string>): T[];
}

export function createRecentEvents<T>(options: {
  /** Events kept of each channel. */
  perChannel: number;
  maxChannels?: number;
  clock?: () => number;
}): RecentEvents<T> {
  const { perChannel, maxChannels = MAX_CHANNELS, clock = Date.now } = options;
  const channels = new LRUCache<string, { event: T; order: number; at: number }[]>({
    maxSize: maxChannels,
    sizeCalculation: () => 1,
  });
  let count = 0;
  return {
    add(channel, event) {
      count += 1;
      const before = channels.get(channel) ?? [];
      channels.set(channel, [...before, { event, order: count, at: clock() }].slice(-perChannel));
    },
    of(names) {
      const oldest = clock() - MAX_AGE_MS;
      return [...new Set(names)]
        .flatMap((name) => channels.peek(name) ?? [])
        .filter(({ at }) => at >= oldest)
        .sort((one, other) => one.order - other.order)
        .map(({ event }) => event);
    },
  };
}
