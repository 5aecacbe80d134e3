import { fullBucket, refill, type TokenBucket } from '@giggityflix/kernel';
import { LRUCache } from 'lru-cache';

/** Changes of one peer that are published at once, and how many more each second: a film copied to a folder, not a library. */
const PROMPT = { perSecond: 20, burst: 256 };
/** Changes of one update above which none of it is published at once. */
export const MAX_PROMPT_CHANGES = PROMPT.burst;
/** Entries in the outbox, or in one shard of it, above which every change waits for its peer's turn. */
export const CROWDED_OUTBOX = 10_000;
export const CROWDED_SHARD = 1_000;
/** Peers whose changes are counted; beyond them the one not seen for longest starts anew. */
const MAX_PEERS = 50_000;

/**
 * Which changes of availability are published at once. Those of a peer that changes much wait, one entry for each file
 * however often it changes meanwhile, and are published by turns of peers, so that none waits for another one's library.
 */
export interface Allowance {
  /** Whether `changes` of a peer are few enough to go at once; counts them. */
  take(peerId: string, changes: number): boolean;
}

/** `now` is in milliseconds. */
export function createAllowance(now: () => number): Allowance {
  const buckets = new LRUCache<string, TokenBucket>({
    maxSize: MAX_PEERS,
    sizeCalculation: () => 1,
  });
  return {
    take(peerId, changes) {
      const time = now();
      const bucket = buckets.get(peerId) ?? fullBucket(PROMPT, time);
      buckets.set(peerId, bucket);
      if (refill(bucket, PROMPT, time) < changes) return false;
      bucket.tokens -= changes;
      return true;
    },
  };
}
