import {
  composeServices,
  createBus,
  createLogger,
  createTracing,
  READY,
  runProcess,
} from '@giggityflix/platform';
import { createCatalog } from './catalog.ts';
import { readEnvironmentOrExit } from './environment.ts';

const config = readEnvironmentOrExit();
const logger = createLogger({ service: 'catalog', level: config.logLevel });
const bus = createBus({ config: config.bus, clientId: 'catalog', logger });
const catalog = createCatalog(config, { logger, bus });

await runProcess(
  composeServices([
    createTracing(config.tracing, { service: 'catalog', logger }),
    { start: () => bus.start(), stop: () => bus.stop(), ready: () => READY },
    catalog,
  ]),
  logger,
);
