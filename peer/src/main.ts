import { createLogger, readOrExit, runProcess } from '@giggityflix/kernel';
import { readEnvironment } from './environment.ts';
import { createPeer } from './service.ts';

const config = readOrExit(readEnvironment);
const logger = createLogger({ service: 'peer', level: config.logLevel });
await runProcess(createPeer(config, { logger }), logger);
