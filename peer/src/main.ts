import { createLogger, EnvironmentError, runProcess } from '@giggityflix/platform';
import { type PeerConfig, readEnvironment } from './environment.ts';
import { createPeer } from './peer.ts';

let config: PeerConfig;
try {
  config = readEnvironment();
} catch (error) {
  if (!(error instanceof EnvironmentError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
const logger = createLogger({ service: 'peer', level: config.logLevel });
await runProcess(createPeer(config, { logger }), logger);
