import { type Logger, withDeadline } from '@giggityflix/kernel';
import { createRedis } from '@giggityflix/state/redis';
import { createEmbeddedConnectionDirectory } from './connection-directory.embedded.ts';
import { createRedisConnectionDirectory } from './connection-directory.redis.ts';
import type { ConnectionDirectory } from './connection-directory.ts';
import { createEmbeddedDeliveryJournal } from './delivery-journal.embedded.ts';
import { createRedisDeliveryJournal } from './delivery-journal.redis.ts';
import type { DeliveryJournal } from './delivery-journal.ts';
import type { StateConfig } from './environment.ts';
import { createEmbeddedPeerKeys } from './peer-keys.embedded.ts';
import { createRedisPeerKeys } from './peer-keys.redis.ts';
import type { PeerKeys } from './peer-keys.ts';
import { openEdgeState } from './state.embedded.ts';

/** How long Redis may take to answer what it was sent before the connection is closed, in milliseconds. */
const FAREWELL_MS = 1_000;

/** What edges remember beyond their own life. */
export interface EdgeState {
  peerKeys: PeerKeys;
  directory: ConnectionDirectory;
  journal: DeliveryJournal;
  close(): Promise<void>;
}

/** Opens the stores that the configuration names. Redis is connected to in the background. */
export function openState(config: StateConfig, logger?: Logger): EdgeState {
  if (config.kind === 'embedded') {
    const database = openEdgeState(config.path);
    return {
      peerKeys: createEmbeddedPeerKeys(database),
      directory: createEmbeddedConnectionDirectory(database),
      journal: createEmbeddedDeliveryJournal(database),
      close: async () => void database.close(),
    };
  }
  const redis = createRedis(config.redis, { logger });
  return {
    peerKeys: createRedisPeerKeys(redis),
    directory: createRedisConnectionDirectory(redis),
    journal: createRedisDeliveryJournal(redis),
    // What was said last is still on its way.
    close: () =>
      withDeadline(redis.quit(), FAREWELL_MS, 'leaving Redis').then(
        () => {},
        () => redis.disconnect(),
      ),
  };
}
