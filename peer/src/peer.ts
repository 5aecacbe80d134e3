import { mkdirSync } from 'node:fs';
import { type Logger, notReady, type Service } from '@giggityflix/platform';
import { composePeer } from './compose.ts';
import { lockDataDir } from './control/lock.ts';
import type { PeerConfig } from './environment.ts';
import { explainStorageFailure } from './library/write-health.ts';
import type { PeerStatus } from './status.ts';

export interface PeerDeps {
  logger: Logger;
}

export interface Peer extends Service {
  /** @throws Error while the daemon is not running. */
  status(): PeerStatus;
}

/**
 * The daemon: scans, announces, and serves what it announced. One runs on a data directory at a time; `start` of
 * another rejects with AlreadyRunningError.
 */
export function createPeer(config: PeerConfig, deps: PeerDeps): Peer {
  let daemon: ReturnType<typeof composePeer> | null = null;
  let unlock: (() => void) | null = null;
  const stop = async () => {
    const running = daemon;
    daemon = null;
    await running?.stop();
    unlock?.();
    unlock = null;
  };
  return {
    async start() {
      try {
        mkdirSync(config.peer.dataDir, { recursive: true, mode: 0o700 });
        unlock = lockDataDir(config.peer.dataDir);
        daemon = composePeer(config, deps.logger);
        await daemon.start();
      } catch (error) {
        await stop();
        const reason = explainStorageFailure(error);
        if (reason === null) throw error;
        throw new Error(`DATA_DIR ${config.peer.dataDir} is of no use: ${reason}`, { cause: error });
      }
    },
    stop,
    ready: () => (daemon ? daemon.ready() : notReady('starting or stopping')),
    status() {
      if (!daemon) throw new Error('the daemon is not running');
      return daemon.status();
    },
  };
}
