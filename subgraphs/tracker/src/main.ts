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
import { createTracker } from './tracker.ts';

const { tracker, bus: config, logLevel, tracing } = readOrExit(readEnvironment);
const logger = createLogger({ service: 'tracker', level: logLevel });
const metrics = createMetrics('tracker');
const bus = createBus({ config, clientId: 'tracker', logger, metrics });
const service = composeServices({
  tracing: createTracing(tracing, { service: 'tracker', logger }),
  bus,
  tracker: createTracker(tracker, { bus, logger, metrics }),
});
await runProcess(service, logger);
