import {
  composeServices,
  createBus,
  createLogger,
  createMetrics,
  createTracing,
  readOrExit,
  runProcess,
} from '@giggityflix/platform';
import { createCatalog } from './catalog.ts';
import { readEnvironment } from './environment.ts';

const config = readOrExit(readEnvironment);
const logger = createLogger({ service: 'catalog', level: config.logLevel });
const metrics = createMetrics('catalog');
const bus = createBus({ config: config.bus, clientId: 'catalog', logger, metrics });
const catalog = createCatalog(config, { logger, bus, metrics });

await runProcess(
  composeServices({ tracing: createTracing(config.tracing, { service: 'catalog', logger }), bus, catalog }),
  logger,
);
