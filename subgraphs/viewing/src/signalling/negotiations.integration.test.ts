import { randomUUID } from 'node:crypto';
import { hostAndPort, migrateSqlite, openSqlite, redisConfig, redisVariables } from '@giggityflix/state';
import { createRedis } from '@giggityflix/state/redis';
import { realRedis, realRedisCluster } from '@giggityflix/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { shardPrefix } from '../redis/keys.ts';
import { newSessionId, shardOfSession } from '../sessions/session-id.ts';
import { STATE_MIGRATIONS } from '../state/state.embedded.ts';
import { describeNegotiationStore } from './negotiations.compliance.ts';
import { createEmbeddedNegotiations, NEGOTIATION_SOURCE_MIGRATIONS } from './negotiations.embedded.ts';
import { createRedisNegotiations } from './negotiations.redis.ts';
import { describeNegotiationSources } from './negotiations.sources.compliance.ts';

const server = await realRedis();
const cluster = await realRedisCluster();
const defaults = redisConfig(z.object(redisVariables).parse({}));

const open = (connection: Partial<typeof defaults>) => async (leftMemoryMs?: number) => {
  const redis = createRedis({ ...defaults, ...connection });
  await redis.connect();
  return { store: createRedisNegotiations(redis, leftMemoryMs), close: async () => redis.disconnect() };
};

const openEmbedded = async (leftMemoryMs?: number) => {
  const database = openSqlite(':memory:');
  migrateSqlite(database, STATE_MIGRATIONS);
  return {
    store: createEmbeddedNegotiations(database, undefined, leftMemoryMs),
    close: async () => void database.close(),
  };
};

describeNegotiationStore('the embedded negotiation store', openEmbedded);
describeNegotiationSources('the embedded negotiation store', openEmbedded);

describe.skipIf(server.skip)('with a Redis server', () => {
  const openRedis = open({ host: server.host, port: server.port });
  describeNegotiationStore('the Redis negotiation store', openRedis);
  describeNegotiationSources('the Redis negotiation store', openRedis);
});

describe.skipIf(cluster.skip)('with a Redis Cluster', () => {
  const openCluster = open({ clusterNodes: cluster.nodes.map(hostAndPort) });
  describeNegotiationStore('the Redis negotiation store', openCluster);
  describeNegotiationSources('the Redis negotiation store', openCluster);
});

describe('state of the version before', () => {
  it('opens in the SQLite file of one source, and goes on', async () => {
    const database = openSqlite(':memory:');
    migrateSqlite(
      database,
      STATE_MIGRATIONS.slice(0, STATE_MIGRATIONS.indexOf(NEGOTIATION_SOURCE_MIGRATIONS[0])),
    );
    const peer = { peerId: 'p', edgeId: 'e', connectionId: 'c' };
    database.exec(`INSERT INTO negotiations (session_id, peer_id, edge_id, connection_id, lost_peer_ids, touched_at, offered_to)
      VALUES ('s', 'p', 'e', 'c', '["q"]', ${Date.now()}, '[{"peerId":"q","edgeId":"e","connectionId":"d"},${JSON.stringify(peer)}]'),
             ('lost', NULL, NULL, NULL, '["p"]', ${Date.now()}, '[]');
      INSERT INTO signals (session_id, id, peer_id, signal) VALUES ('s', '1', 'p', '{"kind":"lost","reason":"r"}')`);
    migrateSqlite(database, STATE_MIGRATIONS);
    const store = createEmbeddedNegotiations(database);
    expect(await store.get('s')).toEqual({ serving: [{ source: 0, peer }], lostPeerIds: ['q'], left: [] });
    expect(await store.get('lost')).toEqual({ serving: [], lostPeerIds: ['p'], left: [] });
    expect(await store.signals('s')).toMatchObject([{ id: '1', source: 0, peerId: 'p' }]);
    expect(await store.servedBy('p', 'c')).toEqual(['s']);
    expect(await store.begin('s', 0, { ...peer, peerId: 'next' })).toEqual({ begun: true, former: peer });
    database.close();
  });

  it.skipIf(server.skip)('opens in Redis, and goes on', async () => {
    const redis = createRedis({ ...defaults, host: server.host, port: server.port });
    await redis.connect();
    const sessionId = newSessionId(randomUUID());
    const prefix = shardPrefix(shardOfSession(sessionId)!);
    const peer = { peerId: 'p', edgeId: 'e', connectionId: randomUUID() };
    await redis.hset(`${prefix}negotiation:${sessionId}`, {
      peer: 'p',
      edge: 'e',
      connection: peer.connectionId,
      lost: 'q',
      offered: JSON.stringify([peer]),
    });
    await redis.rpush(`${prefix}signals:${sessionId}`, '1\np\n{"kind":"lost","reason":"r"}');
    const store = createRedisNegotiations(redis);
    expect(await store.get(sessionId)).toEqual({
      serving: [{ source: 0, peer }],
      lostPeerIds: ['q'],
      left: [],
    });
    expect(await store.signals(sessionId)).toMatchObject([{ id: '1', source: 0, peerId: 'p' }]);
    expect(await store.begin(sessionId, 0, { ...peer, peerId: 'next' })).toEqual({
      begun: true,
      former: peer,
    });
    redis.disconnect();
  });
});
