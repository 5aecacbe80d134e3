import { createLogger, runProcess } from '@giggityflix/platform';
import { isLocked } from '../control/lock.ts';
import { createPeer } from '../peer.ts';
import { type ConfigFlags, loadConfig } from './config.ts';
import { CliError, EXIT } from './exit.ts';

/** `start`: runs the daemon as this process. */
export async function startDaemon(flags: ConfigFlags): Promise<void> {
  const config = loadConfig(flags);
  if (isLocked(config.peer.dataDir))
    throw new CliError(
      `a daemon already runs on ${config.peer.dataDir}: ask it with "giggityflix-peer status", or give another --data-dir`,
      EXIT.alreadyRunning,
    );
  const logger = createLogger({ service: 'peer', level: config.logLevel });
  if (config.media.dirs.length === 0)
    logger.warn('no media directories: set MEDIA_DIRS or give --media-dir; nothing is shared');
  await runProcess(createPeer(config, { logger }), logger);
}
