import { UnavailableError, wrapMethods } from '@giggityflix/kernel';
import { isRedisUnavailable, type RedisClient } from '@giggityflix/state';

/** How long a lost connection may take to come back before callers are turned away at once, in milliseconds. */
const GRACE_MS = 500;

/**
 * A guard for what stands on these connections: its methods reject with UnavailableError while Redis is away, and
 * at once when that has lasted. Waiting for each reconnection would pile callers up behind it.
 */
export function createGuard(clients: readonly RedisClient[]): <T extends object>(part: T) => T {
  const lostAt = new Map<RedisClient, number>();
  for (const client of clients) {
    client.on('close', () => lostAt.has(client) || lostAt.set(client, performance.now()));
    client.on('ready', () => lostAt.delete(client));
  }
  const isAway = () => {
    for (const at of lostAt.values()) if (performance.now() - at > GRACE_MS) return true;
    return false;
  };
  return (part) =>
    wrapMethods(part, async (work) => {
      if (isAway()) throw new UnavailableError('the state of the tracker');
      try {
        return await work();
      } catch (error) {
        if (!isRedisUnavailable(error)) throw error;
        throw new UnavailableError('the state of the tracker', { cause: error });
      }
    });
}
