import type { Allowance } from '../availability/allowance.ts';
import type { RedisContext } from '../redis/context.ts';
import { ALL_SHARDS, encodeId, shardOf } from '../redis/keys.ts';
import { createRedisQueries } from './queries.redis.ts';
import {
  type ConnectionHeartbeat,
  DISTRUST_MS,
  FAILED_CHECK_MEMORY_MS,
  type HoldingCheck,
  MAX_CHECKS_PER_PEER,
  type PeerRegistry,
  PROOF_MEMORY_MS,
  padOffset,
} from './registry.ts';
import { createTransitions } from './transitions.redis.ts';

/** Unfinished changes of one shard that one repair completes. */
const REPAIRS_PER_SHARD = 100;

/** Peers known to have proven one file; more than a choice compares. */
const MAX_PROVEN_PEERS = 256;

/** The registry in Redis or Redis Cluster; see {@link createTransitions} for how a change crosses slots. */
export function createRedisRegistry(
  context: RedisContext,
  options: {
    connectionTimeoutMs: number;
    allowance: Allowance;
    appended: (shards: readonly number[], crowded: boolean) => Promise<void>;
  },
): PeerRegistry {
  const { client, run, keys, time } = context;
  const { perform } = createTransitions(context, options);

  const dueIn = async (name: 'due' | 'repair', limit: number): Promise<string[]> => {
    const found = await Promise.all(
      ALL_SHARDS.map((shard) => run<string[]>('due', [`${keys.peers(shard)}${name}`], [time(), limit])),
    );
    return found.flat();
  };

  /** Returns those whose catalog nobody has announced. */
  const beat = async (edgeId: string, shard: number, connections: readonly ConnectionHeartbeat[]) => {
    const prefix = keys.peers(shard);
    const [others, unannounced] = await run<[number[], number[]]>(
      'heartbeat',
      [`${prefix}due`],
      [
        time(),
        prefix,
        options.connectionTimeoutMs,
        ...connections.flatMap(({ peerId, connectionId, activeStreams }) => [
          peerId,
          connectionId,
          activeStreams,
        ]),
      ],
    );
    for (const index of others) {
      const { peerId, connectionId, activeStreams } = connections[index] as ConnectionHeartbeat;
      const event = { conn: connectionId, edge: edgeId, streams: activeStreams };
      await perform({ operation: 'heartbeat', peerId, event });
    }
    return unannounced.map((index) => connections[index] as ConnectionHeartbeat);
  };

  /** Stores what was found of one file; a repetition changes nothing but times. */
  const remember = async ({ peerId, catalogId, outcome }: HoldingCheck) => {
    const file = encodeId(catalogId);
    const add = async (key: string, memoryMs: number) => {
      await client.zadd(key, Number(time() || Date.now()) + memoryMs, file);
      await client.zremrangebyrank(key, 0, -MAX_CHECKS_PER_PEER - 1);
      await client.pexpire(key, memoryMs);
    };
    const provenPeers = keys.provenPeers(file);
    await Promise.all([
      outcome === 'proven'
        ? add(keys.checks(peerId, 'proven'), PROOF_MEMORY_MS)
        : client.zrem(keys.checks(peerId, 'proven'), file),
      outcome === 'unanswered'
        ? add(keys.checks(peerId, 'unanswered'), DISTRUST_MS)
        : client.zrem(keys.checks(peerId, 'unanswered'), file),
      outcome === 'proven' ? client.sadd(provenPeers, peerId) : client.srem(provenPeers, peerId),
    ]);
    if (outcome !== 'proven') return;
    if ((await client.scard(provenPeers)) > MAX_PROVEN_PEERS) await client.spop(provenPeers);
    await client.pexpire(provenPeers, PROOF_MEMORY_MS);
  };

  return {
    ...createRedisQueries(context),

    async connectionEstablished(event) {
      await perform({
        operation: 'established',
        peerId: event.peerId,
        event: {
          conn: event.connectionId,
          edge: event.edgeId,
          at: event.connectedAt,
          network: event.network,
        },
        added: join(event.catalogIds),
      });
    },

    async connectionClosed(event) {
      await perform({
        operation: 'closed',
        peerId: event.peerId,
        event: { conn: event.connectionId, edge: event.edgeId, replaced: event.replaced },
      });
    },

    async catalogUpdated(update) {
      const added = new Set(update.catalogIds);
      await perform({
        operation: 'updated',
        peerId: update.peerId,
        event: {
          conn: update.connectionId,
          edge: update.edgeId,
          full: update.isFull,
          final: update.final,
          update: update.updateId,
          source: update.position.source,
          offset: padOffset(update.position.offset),
          timestamp: update.position.timestamp,
        },
        added: join(added),
        removed: update.isFull ? '' : join(update.removedCatalogIds.filter((id) => !added.has(id))),
      });
    },

    async holdingChecked(check) {
      await remember(check);
      const { outcome, connectionId } = check;
      await perform({
        operation: 'checked',
        peerId: check.peerId,
        event: { conn: connectionId, outcome, memory: FAILED_CHECK_MEMORY_MS, most: MAX_CHECKS_PER_PEER },
        removed: encodeId(check.catalogId),
      });
    },

    async heartbeat(edgeId, connections) {
      const byShard = Map.groupBy(connections, ({ peerId }) => shardOf(peerId));
      const found = await Promise.all([...byShard].map(([shard, group]) => beat(edgeId, shard, group)));
      return found.flat();
    },

    async deferExpiry(forMs) {
      await run('defer', [keys.expiryDeferredUntil], [time(), forMs]);
    },

    async expireDue(limit) {
      if (await run<number>('deferred', [keys.expiryDeferredUntil], [time()])) return 0;
      const peerIds = (await dueIn('due', limit)).slice(0, limit);
      const acted = await Promise.all(peerIds.map((peerId) => perform({ operation: 'expire', peerId })));
      return acted.filter(Boolean).length;
    },

    async repair() {
      for (const peerId of await dueIn('repair', REPAIRS_PER_SHARD))
        await perform({ operation: 'resume', peerId });
    },
  };
}

function join(catalogIds: Iterable<string>): string {
  let joined = '';
  for (const catalogId of catalogIds) joined += encodeId(catalogId);
  return joined;
}
