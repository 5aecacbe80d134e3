import { createRedis, type Logger } from '@giggityflix/platform';
import { createEmbeddedConnectionDirectory } from './connection-directory.embedded.ts';
import { createRedisConnectionDirectory } from './connection-directory.redis.ts';
import type { ConnectionDirectory } from './connection-directory.ts';
import type { StateConfig } from './environment.ts';
import { createEmbeddedPeerKeys } from './peer-keys.embedded.ts';
import { createRedisPeerKeys } from './peer-keys.redis.ts';
import type { PeerKeys } from './peer-keys.ts';
import { openEdgeState } from './state.embedded.ts';

/** What edges remember beyond their own life. */
export interface EdgeState {
  peerKeys: PeerKeys;
  directory: ConnectionDirectory;
  close(): Promise<void>;
}

/** Opens the stores that the configuration names. Redis is connected to in the background. */
export function openState(config: StateConfig, logger?: Logger): EdgeState {
  if (config.kind === 'embedded') {
    const database = openEdgeState(config.path);
    return {
      peerKeys: createEmbeddedPeerKeys(database),
      directory: createEmbeddedConnectionDirectory(database),
      close: async () => void database.close(),
    };
  }
  const redis = createRedis(config.redis);
  redis.on('error', (error: Error) => logger?.warn({ err: error }, 'Redis cannot be reached'));
  return {
    peerKeys: createRedisPeerKeys(redis),
    directory: createRedisConnectionDirectory(redis),
    close: async () => redis.disconnect(),
  };
}
