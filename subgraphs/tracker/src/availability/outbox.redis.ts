import { createRedisOutbox as createOutbox, OUTBOX_LEASE_MS, type ShardClaim } from '@giggityflix/state';
import type { RedisContext } from '../redis/context.ts';
import { ALL_SHARDS, decodeId, ID_LENGTH } from '../redis/keys.ts';
import type { AvailabilityOutbox, OutboxEntry } from './outbox.ts';
import { formatOwner, parseOwner } from './owner.ts';

type ReadEntry =
  | [streamId: string, kind: 'a', value: string]
  | [streamId: string, kind: 'm', value: string, peers: string, isWhole: number, subscriptions: string[]];

/** The outbox as one stream for each shard, each leased on its own, so that replicas share the work. */
export function createRedisOutbox(context: RedisContext): AvailabilityOutbox & {
  appended(shards: readonly number[]): void;
} {
  const { client, run, keys } = context;
  const sizes = () =>
    Promise.all(
      ALL_SHARDS.map(async (shard) => {
        const [entries, waiting] = await Promise.all([
          client.xlen(keys.outbox(shard)),
          client.hlen(keys.unpublished(shard)),
        ]);
        return entries + waiting;
      }),
    );
  const complete = async (shard: number, token: string, read: readonly ReadEntry[]) => {
    const matches = read.flatMap((entry) => (entry[1] === 'm' ? [entry[0], idsOf(entry[5]).join(' ')] : []));
    const left = await run<number>(
      'complete',
      [keys.outbox(shard), keys.outboxLease(shard)],
      [token, read.at(-1)?.[0] ?? '', keys.files(shard), ...matches],
    );
    return left > 0;
  };
  const outbox = createOutbox<OutboxEntry>({
    async nonEmpty() {
      const found = await sizes();
      return ALL_SHARDS.filter((shard) => (found[shard] ?? 0) > 0);
    },
    async claim(shard, token, limit): Promise<ShardClaim<OutboxEntry> | 'leased' | null> {
      const read = await run<ReadEntry[] | -1>(
        'claim',
        [keys.outbox(shard), keys.outboxLease(shard)],
        [token, OUTBOX_LEASE_MS, limit, keys.files(shard)],
      );
      if (read === -1) return 'leased';
      if (read.length === 0) return null;
      return { entries: read.flatMap(toEntries), complete: () => complete(shard, token, read) };
    },
    async release(shard, token) {
      await run('release', [keys.outboxLease(shard)], [token]);
    },
  });
  return {
    ...outbox,
    size: async () => (await sizes()).reduce((sum, size) => sum + size, 0),
    appended: (shards) => outbox.appended(shards, true),
  };
}

/** A subscription as a field of the hash of its file. */
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

function toEntries(entry: ReadEntry): OutboxEntry[] {
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
