import { createLogger, EnvironmentError, runProcess, withTracing } from '@giggityflix/platform';
import { type Environment, readEnvironment } from './environment.ts';
import { createGateway } from './gateway.ts';

const { gateway: config, logLevel, tracing } = readEnvironmentOrExit();
const logger = createLogger({ service: 'gateway', level: logLevel });
await runProcess(
  withTracing(createGateway(config, { logger }), tracing, { service: 'gateway', logger }),
  logger,
);

function readEnvironmentOrExit(): Environment {
  try {
    return readEnvironment();
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
