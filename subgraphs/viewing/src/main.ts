import {
  composeServices,
  createBus,
  createLogger,
  createMetrics,
  createTracing,
  READY,
  runProcess,
} from '@giggityflix/platform';
import { readEnvironmentOrExit } from './environment.ts';
import { createViewing } from './viewing.ts';

const config = readEnvironmentOrExit();
const logger = createLogger({ service: 'viewing', level: config.logLevel });
const metrics = createMetrics('viewing');
const bus = createBus({ config: config.bus, clientId: 'viewing', logger, metrics });

await runProcess(
  composeServices([
    createTracing(config.tracing, { service: 'viewing', logger }),
    { start: () => bus.start(), stop: () => bus.stop(), ready: () => READY },
    createViewing(config, { logger, bus, metrics }),
  ]),
  logger,
);
