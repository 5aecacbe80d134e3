import { createLogger, readOrExit, runProcess } from '@giggityflix/kernel';
import { readEnvironment } from './environment.ts';
import { createMatchmaker } from './matchmaker.ts';

const config = readOrExit(() => readEnvironment(undefined, process.argv.slice(2)));
const logger = createLogger({ service: 'matchmaker', level: config.logLevel });

await runProcess(createMatchmaker(config, { logger }), logger);
