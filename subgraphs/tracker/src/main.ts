import {
  composeServices,
  createBus,
  createLogger,
  createTracing,
  EnvironmentError,
  READY,
  runProcess,
} from '@giggityflix/platform';
import { readEnvironment } from './environment.ts';
import { createTracker } from './tracker.ts';

function environment() {
  try {
    return readEnvironment();
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

const { tracker, bus: config, logLevel, tracing } = environment();
const logger = createLogger({ service: 'tracker', level: logLevel });
const bus = createBus({ config, clientId: 'tracker', logger });
const service = composeServices([
  createTracing(tracing, { service: 'tracker', logger }),
  { start: bus.start, stop: bus.stop, ready: () => READY },
  createTracker(tracker, { bus, logger }),
]);
await runProcess(service, logger);
