import { withDeadline } from '@giggityflix/kernel';
import type { RedisContext } from '../redis/context.ts';
import { ALL_SHARDS, encodeId } from '../redis/keys.ts';
import {
  PEER_STATES,
  type Peer,
  type PeerRegistry,
  type PeerState,
  type PlaybackCandidate,
  peerCursor,
  TRUST_ORDER,
  trustOf,
} from './registry.ts';

/** As long as the Redis client allows for a command. */
const READ_TIMEOUT_MS = 5_000;

/** Holders looked at where a file has many and none of them proved it. */
const CROWD_SAMPLE = 512;
const byTrust = (a: PlaybackCandidate, b: PlaybackCandidate) =>
  TRUST_ORDER.indexOf(a.trust) - TRUST_ORDER.indexOf(b.trust);

const CANDIDATE_FIELDS = [
  'state',
  'edge',
  'conn',
  'streams',
  'pending',
  'hb',
  'network',
  'first',
  'proven',
  'failed',
  'unanswered',
] as const;

/** The reads of the registry. The client gathers the commands of one turn into one round trip per node. */
export function createRedisQueries(
  context: RedisContext,
): Pick<PeerRegistry, 'countPeers' | 'countStates' | 'peer' | 'peers' | 'candidates' | 'notePlayback'> {
  const { client, reader, run, keys } = context;

  const peer = async (peerId: string): Promise<Peer | null> => {
    const [fields, catalogSize] = await Promise.all([
      client.hmget(keys.record(peerId), 'state', 'edge', 'conn', 'at', 'hb', 'streams'),
      client.scard(keys.own(peerId)),
    ]);
    const [state, edge, connection, at, heartbeat, streams] = fields;
    if (!state || !connection) return null;
    return {
      id: peerId,
      state: state as PeerState,
      edgeId: edge as string,
      connectionId: connection,
      connectedAt: Number(at),
      lastHeartbeatAt: Number(heartbeat),
      catalogSize,
      activeStreams: Number(streams),
    };
  };

  const candidate = async (peerId: string, file: string): Promise<PlaybackCandidate | null> => {
    const [fields, provenUntil, unansweredUntil] = await Promise.all([
      client.hmget(keys.record(peerId), ...CANDIDATE_FIELDS),
      client.zscore(keys.checks(peerId, 'proven'), file),
      client.zscore(keys.checks(peerId, 'unanswered'), file),
    ]);
    const [state, edgeId, connectionId, streams, pending, heartbeat, network, first, ...checks] = fields;
    if (state !== 'CONNECTED' || !edgeId || !connectionId) return null;
    const now = Number(context.time() || Date.now());
    const [provenAt = 0, failedAt = 0, unansweredAt = 0] = checks.map(Number);
    const outcome =
      Number(provenUntil) > now ? 'proven' : Number(unansweredUntil) > now ? 'unanswered' : null;
    return {
      peerId,
      edgeId,
      connectionId,
      load: Number(streams) + Number(pending),
      lastHeartbeatAt: Number(heartbeat),
      network: network || null,
      firstSeenAt: Number(first),
      trust: trustOf(outcome, { provenAt, failedAt, unansweredAt }, now),
    };
  };

  return {
    peer,

    async countPeers(catalogIds) {
      const peersKeys = catalogIds.map((catalogId) => keys.filePeers(encodeId(catalogId)));
      // On a Cluster the client sorts the commands by node; on one server a pipeline of our own costs half as much.
      if (reader.isCluster) return Promise.all(peersKeys.map((key) => reader.scard(key)));
      const pipeline = reader.pipeline();
      for (const key of peersKeys) pipeline.scard(key);
      const answers = await withDeadline(pipeline.exec(), READ_TIMEOUT_MS, 'counting peers');
      return (answers ?? []).map(([error, count]) => {
        if (error) throw error;
        return count as number;
      });
    },

    async countStates() {
      const count = async (state: PeerState) => {
        const sizes = ALL_SHARDS.map((shard) => client.zcard(`${keys.peers(shard)}list:${state}`));
        return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
      };
      const [CONNECTED, STALE, DISCONNECTED] = await Promise.all([
        count('CONNECTED'),
        count('STALE'),
        count('DISCONNECTED'),
      ]);
      return { CONNECTED, STALE, DISCONNECTED };
    },

    async peers({ first, after, state }) {
      const from = after === undefined ? '+' : `(${after}`;
      const lists = ALL_SHARDS.flatMap((shard) =>
        (state ? [state] : PEER_STATES).map((name) => `${keys.peers(shard)}list:${name}`),
      );
      const members = await Promise.all(
        lists.map((list) => client.zrevrangebylex(list, from, '-', 'LIMIT', 0, first)),
      );
      const newest = members
        .flat()
        .sort((a, b) => (a < b ? 1 : -1))
        .slice(0, first);
      const found = await Promise.all(newest.map((member) => peer(member.slice(member.indexOf(':') + 1))));
      // A peer that reconnected while this was read is elsewhere in the listing.
      return found.filter((one, index): one is Peer => one !== null && peerCursor(one) === newest[index]);
    },

    async candidates(catalogId, limit) {
      const file = encodeId(catalogId);
      const [sample, proven] = await Promise.all([
        client.srandmember(keys.filePeers(file), limit),
        client.srandmember(keys.provenPeers(file), limit),
      ]);
      // Those that proved the file are there however many others say that they have it.
      const missed = proven.filter((peerId) => !sample.includes(peerId));
      const holds = missed.length > 0 ? await client.smismember(keys.filePeers(file), missed) : [];
      const peerIds = [...missed.filter((_, index) => holds[index] === 1), ...sample];
      // A crowd nobody proved anything of may hide one that proved other files.
      const isCrowd = sample.length === limit && peerIds.length === limit && proven.length === 0;
      const wide = isCrowd ? await client.srandmember(keys.filePeers(file), CROWD_SAMPLE) : peerIds;
      const found = await Promise.all(wide.map((peerId) => candidate(peerId, file)));
      const present = found.filter((one) => one !== null);
      return isCrowd ? present.sort(byTrust).slice(0, limit) : present;
    },

    async notePlayback(peerId) {
      await run('note-playback', [keys.record(peerId)], []);
    },
  };
}
