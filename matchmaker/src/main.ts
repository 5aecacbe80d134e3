import { createLogger, runProcess } from '@giggityflix/platform';
import { readEnvironmentOrExit } from './environment.ts';
import { createMatchmaker } from './matchmaker.ts';

const config = readEnvironmentOrExit();
const logger = createLogger({ service: 'matchmaker', level: config.logLevel });

await runProcess(createMatchmaker(config, { logger }), logger);
