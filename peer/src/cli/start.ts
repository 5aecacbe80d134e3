import { createLogger, runProcess } from '@giggityflix/platform';
import { createPeer } from '../peer.ts';
import { type ConfigFlags, loadConfig } from './config.ts';

/** `start`: runs the daemon as this process. */
export async function startDaemon(flags: ConfigFlags): Promise<void> {
  const config = loadConfig(flags);
  const logger = createLogger({ service: 'peer', level: config.logLevel });
  if (config.media.dirs.length === 0)
    logger.warn('no media directories: set MEDIA_DIRS or give --media-dir; nothing is shared');
  await runProcess(createPeer(config, { logger }), logger);
}
