import {
  composeServices,
  createBus,
  createLogger,
  createTracing,
  readOrExit,
  runProcess,
} from '@giggityflix/platform';
import { readEnvironment } from './environment.ts';
import { createTracker } from './tracker.ts';

const { tracker, bus: config, logLevel, tracing } = readOrExit(readEnvironment);
const logger = createLogger({ service: 'tracker', level: logLevel });
const bus = createBus({ config, clientId: 'tracker', logger });
const service = composeServices({
  tracing: createTracing(tracing, { service: 'tracker', logger }),
  bus,
  tracker: createTracker(tracker, { bus, logger }),
});
await runProcess(service, logger);
