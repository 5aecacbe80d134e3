import { createLogger, readOrExit, runProcess } from '@giggityflix/kernel';
import { readEnvironment } from './environment.ts';
import { createHub, readHubServices } from './hub.ts';

const config = readOrExit(readEnvironment);
const logger = createLogger({ service: 'hub', level: config.logLevel });
const services = readOrExit(() => readHubServices(config));
await runProcess(await createHub(config, services), logger);
