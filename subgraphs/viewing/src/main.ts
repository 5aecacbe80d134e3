import {
  composeServices,
  createBus,
  createLogger,
  createMetrics,
  createTracing,
  readOrExit,
  runProcess,
} from '@giggityflix/platform';
import { readEnvironment } from './environment.ts';
import { createViewing } from './viewing.ts';

const config = readOrExit(readEnvironment);
const logger = createLogger({ service: 'viewing', level: config.logLevel });
const metrics = createMetrics('viewing');
const bus = createBus({ config: config.bus, clientId: 'viewing', logger, metrics });

await runProcess(
  composeServices({
    tracing: createTracing(config.tracing, { service: 'viewing', logger }),
    bus,
    viewing: createViewing(config, { logger, bus, metrics }),
  }),
  logger,
);
