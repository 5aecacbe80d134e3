import type { Signal } from '@giggityflix/bus';
import type { RedisClient } from '@giggityflix/state';
import { shardPrefix } from '../redis/keys.ts';
import { defineViewingScripts, guardOf } from '../redis/scripts.ts';
import { shardOfSession } from '../sessions/session-id.ts';
import { LEFT_MEMORY_MS, type StoredLeftPeer, stillLeft } from './left.ts';
import { NEGOTIATION_SCRIPTS } from './negotiations.scripts.ts';
import {
  MAX_LEFT_PEERS,
  MAX_LOST_PEERS,
  MAX_OFFERED_PEERS,
  MAX_SESSIONS_PER_PEER,
  MAX_SIGNALS,
  MAX_SOURCES,
  NEGOTIATION_TTL_MS,
  type NegotiationStore,
  type SourceSignal,
} from './negotiations.ts';
import { type OfferedPeer, toServing } from './offered.ts';

const SOURCES = Array.from({ length: MAX_SOURCES }, (_, source) => source);
const suffixOf = (source: number) => (source === 0 ? '' : `:${source}`);
const SERVING_FIELDS = SOURCES.flatMap((source) =>
  ['peer', 'edge', 'connection'].map((name) => name + suffixOf(source)),
);

/**
 * Negotiations in Redis. Keys under `viewing:{shard}:`: `negotiation:<session>` (hash), `signals:<session>` and for sources
 * above 0 `signals:<session>:<source>` (lists of `id \\n peer \\n signal`). `viewing:served:{connection}` (sorted set)
 * finds the sessions of a peer's connection.
 */
export function createRedisNegotiations(
  redis: RedisClient,
  leftMemoryMs: number = LEFT_MEMORY_MS,
): NegotiationStore {
  const run = defineViewingScripts(redis, NEGOTIATION_SCRIPTS, 1 + MAX_SOURCES);
  const guard = guardOf(redis);
  const keysOf = (sessionId: string): [negotiation: string, ...signals: string[]] => {
    const shard = shardOfSession(sessionId);
    if (shard === null) throw new Error(`${JSON.stringify(sessionId)} is not a session id`);
    const prefix = shardPrefix(shard);
    return [
      `${prefix}negotiation:${sessionId}`,
      ...SOURCES.map((source) => `${prefix}signals:${sessionId}${suffixOf(source)}`),
    ];
  };
  const servedKey = (connectionId: string) => `viewing:served:{${connectionId}}`;
  const now = async () => {
    const [seconds, microseconds] = await guard(() => redis.time());
    return Number(seconds) * 1_000 + Number(microseconds) / 1_000;
  };
  const get: NegotiationStore['get'] = async (sessionId) => {
    const [key] = keysOf(sessionId);
    const [lost, left, ...fields] = await guard(() => redis.hmget(key, 'lost', 'left', ...SERVING_FIELDS));
    const serving = SOURCES.flatMap((source) => {
      const [peerId, edgeId, connectionId] = fields.slice(3 * source);
      return peerId && edgeId && connectionId ? [{ source, peer: { peerId, edgeId, connectionId } }] : [];
    });
    if (serving.length === 0 && !lost && !left) return null;
    return {
      serving,
      lostPeerIds: lost ? lost.split(',') : [],
      left: left ? stillLeft(JSON.parse(left) as StoredLeftPeer[], await now(), leftMemoryMs) : [],
    };
  };
  return {
    get,
    async begin(sessionId, source, peer) {
      const served = servedKey(peer.connectionId);
      // The index first: an entry too many is harmless, a session that is not found would miss its loss.
      await guard(() => redis.zadd(served, Date.now(), sessionId));
      await guard(() => redis.zremrangebyrank(served, 0, -MAX_SESSIONS_PER_PEER - 1));
      await guard(() => redis.pexpire(served, NEGOTIATION_TTL_MS));
      const former = await run<string | null>('BEGIN', keysOf(sessionId), [
        source,
        peer.peerId,
        peer.edgeId,
        peer.connectionId,
        NEGOTIATION_TTL_MS,
        MAX_OFFERED_PEERS,
      ]);
      if (former === null) return { begun: false };
      return { begun: true, former: former === '' ? null : toServing(JSON.parse(former)) };
    },
    async append(sessionId, { id, peerId, signal }) {
      if (shardOfSession(sessionId) === null) return { outcome: 'not_serving' };
      const [outcome, source] = await run<['appended' | 'known', number] | ['not_serving', undefined]>(
        'APPEND',
        keysOf(sessionId),
        [
          peerId,
          id,
          JSON.stringify(signal),
          signal.kind === 'lost' ? 'lost' : '',
          MAX_SIGNALS,
          MAX_LOST_PEERS,
          NEGOTIATION_TTL_MS,
        ],
      );
      return outcome === 'not_serving' ? { outcome } : { outcome, source };
    },
    async leave(sessionId, source, problem) {
      const served = await run<[string, string, string] | null>('LEAVE', keysOf(sessionId), [
        source,
        problem ?? '',
        MAX_LEFT_PEERS,
      ]);
      return served && { peerId: served[0], edgeId: served[1], connectionId: served[2] };
    },
    async offeredTo(sessionId) {
      const [key] = keysOf(sessionId);
      const offered = (await guard(() => redis.hget(key, 'offered'))) ?? '[]';
      return (JSON.parse(offered) as OfferedPeer[]).map(toServing);
    },
    async signals(sessionId) {
      const [, ...lists] = keysOf(sessionId);
      const entries = await Promise.all(lists.map((key) => guard(() => redis.lrange(key, 0, -1))));
      return entries.flatMap((list, source) => list.map((entry) => toSignal(entry, source)));
    },
    async servedBy(peerId, connectionId) {
      const candidates = await guard(() =>
        redis.zrevrange(servedKey(connectionId), 0, MAX_SESSIONS_PER_PEER - 1),
      );
      const negotiations = await Promise.all(candidates.map(get));
      return candidates.filter((_, index) =>
        negotiations[index]?.serving.some(
          ({ peer }) => peer.peerId === peerId && peer.connectionId === connectionId,
        ),
      );
    },
  };
}

function toSignal(entry: string, source: number): SourceSignal {
  const first = entry.indexOf('\n');
  const second = entry.indexOf('\n', first + 1);
  return {
    id: entry.slice(0, first),
    source,
    peerId: entry.slice(first + 1, second),
    signal: JSON.parse(entry.slice(second + 1)) as Signal,
  };
}
