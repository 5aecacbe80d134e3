import { networkOf } from '@giggityflix/http';
import type { RedisContext } from '../redis/context.ts';
import { ALL_SHARDS } from '../redis/keys.ts';
import {
  type FileRegistry,
  type ListedFile,
  MAX_FILES_PER_ADDRESS,
  MAX_PEERS_PER_FILE,
  REGISTRATION_TTL_MS,
} from './files.ts';

/** Files an address is removed from in one step. */
const STEP = 500;

/** Files by name, each in its slot. An index lists what an address shares; it may list too many, never too few. */
export function createRedisFiles(context: RedisContext): FileRegistry {
  const { client, run, keys, time } = context;

  const removeFrom = (filename: string, ip: string) =>
    run<number>('remove-file', keys.registration(filename), [ip, filename, networkOf(ip)]);
  const oldest = () => `(${(time() === '' ? Date.now() : Number(time())) - REGISTRATION_TTL_MS}`;

  const describe = async (filename: string): Promise<ListedFile[]> => {
    const [hashKey, peersKey] = keys.registration(filename) as [string, string];
    const [hash, peers] = await Promise.all([client.get(hashKey), client.zcount(peersKey, oldest(), '+inf')]);
    return hash !== null && peers > 0 ? [{ filename, hash, peers }] : [];
  };

  return {
    async add({ filename, hash, ip }) {
      const indexed = await run<number>(
        'index-file',
        [keys.addressIndex(ip)],
        [time(), filename, REGISTRATION_TTL_MS, MAX_FILES_PER_ADDRESS],
      );
      if (indexed === 0) return { status: 'full' };
      context.faultPoint('after the index of the address');
      const known = await run<string>('add-file', keys.registration(filename), [
        time(),
        filename,
        hash,
        ip,
        REGISTRATION_TTL_MS,
        MAX_PEERS_PER_FILE,
        networkOf(ip),
      ]);
      if (known === hash) return { status: 'added' };
      if (indexed === 1) await client.zrem(keys.addressIndex(ip), filename);
      return known === '' ? { status: 'full' } : { status: 'conflict', knownHash: known };
    },

    async remove(filename, ip) {
      const removed = await removeFrom(filename, ip);
      await client.zrem(keys.addressIndex(ip), filename);
      return removed === 1;
    },

    async removeAddress(ip) {
      const index = keys.addressIndex(ip);
      let total = 0;
      for (;;) {
        const names = await client.zrange(index, '0', String(STEP - 1));
        if (names.length === 0) return total;
        const removed = await Promise.all(names.map((name) => removeFrom(name, ip)));
        total += removed.reduce((sum, count) => sum + count, 0);
        await client.zrem(index, ...names);
      }
    },

    async peers(filename) {
      const [hashKey, peersKey] = keys.registration(filename) as [string, string];
      const [hash, peers] = await Promise.all([
        client.get(hashKey),
        client.zrangebyscore(peersKey, oldest(), '+inf', 'WITHSCORES'),
      ]);
      if (hash === null) return [];
      return peers.flatMap((ip, index) =>
        index % 2 === 1 ? [] : { ip, hash, registeredAt: new Date(Number(peers[index + 1])).toISOString() },
      );
    },

    async list({ limit, after }) {
      const listed: ListedFile[] = [];
      let from = after;
      while (listed.length < limit) {
        const bound = from === undefined ? '-' : `(${from}`;
        const names = await Promise.all(
          ALL_SHARDS.map((shard) =>
            client.zrangebylex(keys.registeredNames(shard), bound, '+', 'LIMIT', 0, limit),
          ),
        );
        const next = names
          .flat()
          .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
          .slice(0, limit);
        if (next.length === 0) break;
        const described = await Promise.all(next.map(describe));
        listed.push(...described.flat());
        from = next.at(-1);
      }
      return listed.slice(0, limit);
    },
  };
}
