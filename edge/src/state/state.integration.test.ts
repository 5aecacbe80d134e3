import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostAndPort, type RedisConfig } from '@giggityflix/state';
import { createRedis } from '@giggityflix/state/redis';
import { testRedisConfig } from '@giggityflix/state/testing';
import { realRedis, realRedisCluster } from '@giggityflix/testing';
import { describe, expect, it } from 'vitest';
import { describeDeliveryJournal } from '../commands/delivery-journal.compliance.ts';
import { createEmbeddedDeliveryJournal } from '../commands/delivery-journal.embedded.ts';
import { createRedisDeliveryJournal } from '../commands/delivery-journal.redis.ts';
import { describeMembers } from '../membership/members.compliance.ts';
import { createEmbeddedMembers } from '../membership/members.embedded.ts';
import { createRedisMembers } from '../membership/members.redis.ts';
import { describeConnectionDirectory } from '../peers/connection-directory.compliance.ts';
import { createEmbeddedConnectionDirectory } from '../peers/connection-directory.embedded.ts';
import { createRedisConnectionDirectory } from '../peers/connection-directory.redis.ts';
import { describePeerKeys } from '../peers/peer-keys.compliance.ts';
import { createEmbeddedPeerKeys } from '../peers/peer-keys.embedded.ts';
import { createRedisPeerKeys } from '../peers/peer-keys.redis.ts';
import { openEdgeState } from './state.embedded.ts';

const redis = await realRedis();
const cluster = await realRedisCluster();

async function inFile() {
  const directory = await mkdtemp(join(tmpdir(), 'edge-state-'));
  const databases = [openEdgeState(join(directory, 'edge.db')), openEdgeState(join(directory, 'edge.db'))];
  return {
    databases,
    async close() {
      for (const database of databases) database.close();
      await rm(directory, { recursive: true });
    },
  };
}

async function inRedis(changes: Partial<RedisConfig>) {
  const client = createRedis(testRedisConfig(changes));
  client.on('error', () => {});
  await client.connect();
  return { client, close: async () => client.disconnect() };
}

describePeerKeys('in a SQLite file', async () => {
  const { databases, close } = await inFile();
  const [one, other] = databases.map((database) => createEmbeddedPeerKeys(database));
  return { one: one!, other: other!, close };
});
describeMembers('in a SQLite file', async () => {
  const { databases, close } = await inFile();
  const [one, other] = databases.map((database) => createEmbeddedMembers(database));
  return { one: one!, other: other!, close };
});
describeConnectionDirectory('in a SQLite file', async () => {
  const { databases, close } = await inFile();
  return { directory: createEmbeddedConnectionDirectory(databases[0]!), close };
});
describeDeliveryJournal('in a SQLite file', async () => {
  const { databases, close } = await inFile();
  return { journal: createEmbeddedDeliveryJournal(databases[0]!), close };
});

it('a SQLite file without barred keys opens, and its revoked peers stay out', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'edge-state-'));
  const path = join(directory, 'edge.db');
  const old = openEdgeState(path);
  old.exec(`DROP TABLE barred; INSERT INTO members VALUES ('gf1abc', 'revoked', 1, NULL, 1)`);
  old.pragma('user_version = 4');
  old.close();
  const database = openEdgeState(path);
  const members = createEmbeddedMembers(database);
  for (const peerId of ['gf1abc', 'custom'])
    expect(await members.find({ peerId, derivedId: 'gf1abc' })).toMatchObject({ membership: 'revoked' });
  database.close();
  await rm(directory, { recursive: true });
});

const servers: { name: string; skip: string | false; config: () => Partial<RedisConfig> }[] = [
  { name: 'in Redis', skip: redis.skip, config: () => ({ host: redis.host, port: redis.port }) },
  {
    name: 'in Redis Cluster',
    skip: cluster.skip,
    config: () => ({ clusterNodes: cluster.nodes.map(hostAndPort) }),
  },
];
for (const { name, skip, config } of servers) {
  describe.skipIf(skip !== false)(name, () => {
    describePeerKeys(name, async () => {
      const { client, close } = await inRedis(config());
      const keys = createRedisPeerKeys(client);
      return { one: keys, other: createRedisPeerKeys(client), close };
    });
    describeMembers(name, async () => {
      const [first, second] = [await inRedis(config()), await inRedis(config())];
      return {
        one: createRedisMembers(first.client),
        other: createRedisMembers(second.client),
        async close() {
          await first.close();
          await second.close();
        },
      };
    });
    it('keep out whom a hash without barred keys has revoked', async () => {
      const { client, close } = await inRedis(config());
      const derivedId = `gf1${randomUUID()}`;
      const old = { membership: 'revoked', version: 1, reported: '1' };
      await client.hset(`gf:edge:{members}:member:${derivedId}`, old);
      const members = createRedisMembers(client);
      for (const peerId of [derivedId, 'custom'])
        expect(await members.find({ peerId, derivedId })).toMatchObject({ membership: 'revoked' });
      await close();
    });
    describeConnectionDirectory(name, async () => {
      const { client, close } = await inRedis(config());
      return { directory: createRedisConnectionDirectory(client), close };
    });
    describeDeliveryJournal(name, async () => {
      const { client, close } = await inRedis(config());
      return { journal: createRedisDeliveryJournal(client), close };
    });
  });
}
