import { randomUUID } from 'node:crypto';
import type { RedisContext } from '../redis/context.ts';
import { ALL_SHARDS, decodeId } from '../redis/keys.ts';
import { OUTBOX_LEASE_MS, type Outbox, type OutboxBatch, type OutboxEntry } from './outbox.ts';
import { formatOwner, parseOwner } from './owner.ts';

const ID_LENGTH = 43;
/** How often the shards of which this process does not know are looked at. */
const LOOK_INTERVAL_MS = 900;

type ClaimedEntry =
  | [streamId: string, kind: 'a', value: string]
  | [streamId: string, kind: 'm', value: string, peers: string, isWhole: number, subscriptions: string[]];

/** What of one shard is in a batch. */
interface ClaimedShard {
  shard: number;
  last: string;
  matches: { streamId: string; subscriptionIds: string[] }[];
}

/** The outbox as one stream per shard, each leased on its own, so that replicas share the work. */
export function createRedisOutbox(context: RedisContext): Outbox & {
  appended(shards: readonly number[]): void;
} {
  const { client, run, keys } = context;
  const dirty = new Set<number>();
  const claimed = new Map<string, ClaimedShard[]>();
  let listener = () => {};
  let lookedAt = Number.NEGATIVE_INFINITY;

  const claimShard = async (shard: number, token: string, limit: number) => {
    const entries = await run<ClaimedEntry[]>(
      'claim',
      [keys.outbox(shard), keys.outboxLease(shard)],
      [token, OUTBOX_LEASE_MS, limit, keys.titles(shard)],
    );
    return { shard, entries };
  };
  const nonEmpty = async () => {
    if (performance.now() - lookedAt < LOOK_INTERVAL_MS) return [];
    lookedAt = performance.now();
    const sizes = await Promise.all(ALL_SHARDS.map((shard) => client.xlen(keys.outbox(shard))));
    return ALL_SHARDS.filter((shard) => (sizes[shard] ?? 0) > 0);
  };

  return {
    async claim(limit) {
      // Shards this process wrote to come first; the rest are looked at once those are empty.
      let shards = [...dirty];
      dirty.clear();
      if (shards.length === 0) shards = await nonEmpty();
      if (shards.length === 0) return null;
      const token = randomUUID();
      const perShard = Math.max(1, Math.ceil(limit / shards.length));
      const found = await Promise.all(shards.map((shard) => claimShard(shard, token, perShard)));
      const taken: ClaimedShard[] = [];
      const entries: OutboxEntry[] = [];
      for (const { shard, entries: read } of found) {
        if (read.length === 0) continue;
        taken.push({
          shard,
          last: read.at(-1)?.[0] ?? '',
          matches: read.flatMap((entry) =>
            entry[1] === 'm' ? { streamId: entry[0], subscriptionIds: idsOf(entry[5]) } : [],
          ),
        });
        for (const entry of read) entries.push(...toEntries(entry));
      }
      if (taken.length === 0) return null;
      claimed.set(token, taken);
      return { token, entries };
    },

    async complete(batch) {
      await settle(batch, async ({ shard, last, matches }) => {
        const left = await run<number>(
          'complete',
          [keys.outbox(shard), keys.outboxLease(shard)],
          [
            batch.token,
            last,
            keys.titles(shard),
            ...matches.flatMap(({ streamId, subscriptionIds }) => [streamId, subscriptionIds.join(' ')]),
          ],
        );
        if (left > 0) dirty.add(shard);
      });
    },

    async release(batch) {
      await settle(batch, async ({ shard }) => {
        await run('release', [keys.outboxLease(shard)], [batch.token]);
        dirty.add(shard);
      });
    },

    async size() {
      const sizes = await Promise.all(ALL_SHARDS.map((shard) => client.xlen(keys.outbox(shard))));
      return sizes.reduce((sum, size) => sum + size, 0);
    },

    onAppend(given) {
      listener = given;
    },

    appended(shards) {
      for (const shard of shards) dirty.add(shard);
      listener();
    },
  };

  async function settle(batch: OutboxBatch, work: (claim: ClaimedShard) => Promise<void>) {
    const shards = claimed.get(batch.token) ?? [];
    claimed.delete(batch.token);
    await Promise.all(shards.map(work));
  }
}

/** A subscription as a field of the hash of its title. */
export function formatSubscription(subscription: {
  owner: OwnerOf;
  createdAt: number;
  expiresAt: number;
}): string {
  return `${subscription.createdAt} ${subscription.expiresAt} ${formatOwner(subscription.owner)}`;
}

type OwnerOf = ReturnType<typeof parseOwner>;

export function parseSubscription(text: string): { owner: OwnerOf; createdAt: number; expiresAt: number } {
  const [createdAt, expiresAt, ...owner] = text.split(' ');
  return { createdAt: Number(createdAt), expiresAt: Number(expiresAt), owner: parseOwner(owner.join(' ')) };
}

function idsOf(subscriptions: readonly string[]): string[] {
  return subscriptions.filter((_, index) => index % 2 === 0);
}

function toEntries(entry: ClaimedEntry): OutboxEntry[] {
  const [streamId, , value] = entry;
  const at = Number(streamId.slice(0, streamId.indexOf('-')));
  const shared = {
    sequence: toSequence(streamId),
    catalogId: decodeId(value.slice(0, ID_LENGTH)),
    peerCount: Number(value.slice(ID_LENGTH)),
    at,
  };
  if (entry[1] === 'a') return [{ kind: 'availability', ...shared }];
  const availablePeers = entry[3] === '' ? [] : entry[3].split(' ');
  const fields = entry[5];
  return idsOf(fields).flatMap((subscriptionId, index) => {
    const { owner, expiresAt } = parseSubscription(fields[2 * index + 1] as string);
    if (expiresAt <= at) return [];
    return { kind: 'match' as const, ...shared, subscriptionId, owner, availablePeers };
  });
}

/** A stream id, `<milliseconds>-<number>`, as a string whose order is that of the ids. */
function toSequence(streamId: string): string {
  const [time, number] = streamId.split('-') as [string, string];
  return `${time.padStart(14, '0')}-${number.padStart(10, '0')}`;
}
