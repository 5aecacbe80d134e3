import { randomUUID } from 'node:crypto';
import { createAppendListeners, type Outbox, type OutboxClaim } from './outbox.ts';

/** The entries of a sharded outbox in Redis, where each shard is one slot of a Cluster and has a lease of its own. */
export interface OutboxShards<E> {
  /** The shards that have entries now. */
  nonEmpty(): Promise<readonly number[]>;
  /** Leases a shard under `token` and reads at most about `limit` of its oldest entries; null for an empty shard. */
  claim(shard: number, token: string, limit: number): Promise<ShardClaim<E> | 'leased' | null>;
  /** Gives up the lease of `token`, if it has it. */
  release(shard: number, token: string): Promise<void>;
}

export interface ShardClaim<E> {
  readonly entries: readonly E[];
  /** Removes the entries and gives up the lease, if the token still has it; resolves to whether others may follow. */
  complete(): Promise<boolean>;
}

/** Shards claimed at a time: bounds what one publication holds. */
const SHARDS_AT_ONCE = 32;
/** How long to leave a shard to the relay that has leased it, in milliseconds. */
const LEASED_MS = 50;

/** The shards of an outbox as one. It knows the shards this process appended to, and looks at all when asked to. */
export function createRedisOutbox<E>(shards: OutboxShards<E>): Outbox<E> & {
  /** To be called after a script of this process appended entries to these shards. */
  appended(shards: Iterable<number>, urgent: boolean): void;
} {
  const waiting = new Set<number>();
  const listeners = createAppendListeners();
  // Claims whose end Redis has not confirmed, because it became unavailable: ended before the shard is claimed again,
  // rather than waiting for the lease to expire.
  const unconfirmed = new Map<number, () => Promise<unknown>>();

  const confirm = async <T>(shard: number, end: () => Promise<T>): Promise<T> => {
    unconfirmed.set(shard, end);
    try {
      const result = await end();
      unconfirmed.delete(shard);
      return result;
    } catch (error) {
      waiting.add(shard);
      throw error;
    }
  };
  const claimLater = (shard: number) => {
    setTimeout(() => {
      waiting.add(shard);
      listeners.appended(true);
    }, LEASED_MS).unref();
  };

  const claimShard = async (shard: number, limit: number): Promise<OutboxClaim<E> | null> => {
    const open = unconfirmed.get(shard);
    if (open) await confirm(shard, open);
    const token = randomUUID();
    unconfirmed.set(shard, () => shards.release(shard, token));
    const claim = await shards.claim(shard, token, limit);
    unconfirmed.delete(shard);
    if (claim === 'leased') claimLater(shard);
    if (claim === null || claim === 'leased') return null;
    return {
      entries: claim.entries,
      async complete() {
        if (await confirm(shard, claim.complete)) waiting.add(shard);
      },
      async release() {
        waiting.add(shard);
        await confirm(shard, () => shards.release(shard, token));
      },
    };
  };

  return {
    async claim({ limit, everywhere }) {
      if (everywhere) for (const shard of await shards.nonEmpty()) waiting.add(shard);
      while (waiting.size > 0) {
        const chosen = [...waiting].slice(0, SHARDS_AT_ONCE);
        for (const shard of chosen) waiting.delete(shard);
        const share = Math.max(1, Math.ceil(limit / chosen.length));
        const results = await Promise.allSettled(chosen.map((shard) => claimShard(shard, share)));
        const failed = results.find((result) => result.status === 'rejected');
        if (failed) for (const shard of chosen) waiting.add(shard);
        const claims = results.flatMap((result) =>
          result.status === 'fulfilled' && result.value ? [result.value] : [],
        );
        if (claims.length > 0) return together(claims);
        if (failed) throw failed.reason;
      }
      return null;
    },
    onAppend: listeners.add,
    appended(appendedTo, urgent) {
      for (const shard of appendedTo) waiting.add(shard);
      listeners.appended(urgent);
    },
  };
}

function together<E>(claims: readonly OutboxClaim<E>[]): OutboxClaim<E> {
  const each = async (end: (claim: OutboxClaim<E>) => Promise<void>) => {
    const results = await Promise.allSettled(claims.map(end));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  };
  return {
    entries: claims.flatMap((claim) => claim.entries),
    complete: () => each((claim) => claim.complete()),
    release: () => each((claim) => claim.release()),
  };
}
