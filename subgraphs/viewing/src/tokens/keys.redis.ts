import { planRotation, type RotationPolicy } from '@giggityflix/kernel';
import type { RedisClient } from '@giggityflix/state';
import { guardOf } from '../redis/scripts.ts';
import { keyFile } from './keys.file.ts';
import { type KeyStore, newSigningKey, type SigningKey } from './keys.ts';

const KEY = 'viewing:signing-keys';

/** Replaces the keys only if they are still those that were read. KEYS: keys. ARGV: as read ('' for none), new. */
const REPLACE = `
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
`;

/**
 * Keeps the keys in Redis, where all processes of the service share them. Whoever can read this Redis can sign: where that
 * is too many, PLAYBACK_SIGNING_KEY hands the key in instead.
 */
export function createRedisKeyStore(
  redis: RedisClient,
  policy: RotationPolicy,
  clock: () => number = Date.now,
): KeyStore {
  const guard = guardOf(redis);
  const read = async (): Promise<{ text: string; keys: SigningKey[] }> => {
    const text = (await guard(() => redis.get(KEY))) ?? '';
    return { text, keys: text === '' ? [] : keyFile.parse(JSON.parse(text)) };
  };
  return {
    async current() {
      for (;;) {
        const { text, keys } = await read();
        const plan = planRotation(keys, clock(), policy);
        if (!plan.needsNew && plan.signer) return { signer: plan.signer, all: plan.keep };
        const next = JSON.stringify([...plan.keep, await newSigningKey(clock())]);
        await guard(() => redis.eval(REPLACE, 1, KEY, text, next));
      }
    },
  };
}
