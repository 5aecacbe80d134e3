import { isLocked } from '../data-dir/lock.ts';
import { type ConfigFlags, loadConfig } from './config.ts';
import { CliError, EXIT } from './exit.ts';

/** `start`: runs the daemon as this process. What takes time to load is loaded once it is known to be needed. */
export async function startDaemon(flags: ConfigFlags): Promise<void> {
  const config = loadConfig(flags);
  if (isLocked(config.peer.dataDir))
    throw new CliError(
      `a daemon already runs on ${config.peer.dataDir}: ask it with "giggityflix-peer status", or give another --data-dir`,
      EXIT.alreadyRunning,
    );
  const { createLogger, runProcess } = await import('@giggityflix/kernel');
  const { createPeer } = await import('../service.ts');
  const logger = createLogger({ service: 'peer', level: config.logLevel });
  await runProcess(createPeer(config, { logger }), logger);
}
