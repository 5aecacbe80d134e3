import { createLogger, readOrExit, runProcess } from '@giggityflix/kernel';
import { readEnvironment } from './environment.ts';
import { openRegistrations } from './registrations/open.ts';
import { createMatchmaker } from './service.ts';

const config = readOrExit(() => readEnvironment(undefined, process.argv.slice(2)));
const logger = createLogger({ service: 'matchmaker', level: config.logLevel });
const registrations = await openRegistrations(config, { logger });

await runProcess(createMatchmaker(config, { registrations, logger }), logger);
