import type { RedisClient } from '@giggityflix/state';
import type { PeerKeys } from './peer-keys.ts';

/** {@link PeerKeys} in Redis: one string a peer, which never expires. */
export function createRedisPeerKeys(redis: RedisClient): PeerKeys {
  const keyOf = (peerId: string) => `gf:edge:peer-key:{${peerId}}`;
  return {
    async find(peerId) {
      const bound = await redis.get(keyOf(peerId));
      return bound === null ? null : Buffer.from(bound, 'base64');
    },
    async bind(peerId, publicKey) {
      const offered = Buffer.from(publicKey).toString('base64');
      // SET NX GET is one command, so of two edges racing for an id exactly one writes.
      const bound = await redis.call('SET', keyOf(peerId), offered, 'NX', 'GET');
      return Buffer.from(typeof bound === 'string' ? bound : offered, 'base64');
    },
  };
}
