import { createLogger, readOrExit, runProcess } from '@giggityflix/platform';
import { readEnvironment } from './environment.ts';
import { createHub } from './hub.ts';

const config = readOrExit(readEnvironment);
const logger = createLogger({ service: 'hub', level: config.logLevel });
await runProcess(
  readOrExit(() => createHub(config)),
  logger,
);
