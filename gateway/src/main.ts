import { createLogger, readOrExit, refuseArguments, runProcess } from '@giggityflix/kernel';
import { withTracing } from '@giggityflix/telemetry';
import { readEnvironment } from './environment.ts';
import { createGateway } from './service.ts';

refuseArguments();
const { gateway: config, logLevel, tracing } = readOrExit(readEnvironment);
const logger = createLogger({ service: 'gateway', level: logLevel });
await runProcess(
  withTracing(createGateway(config, { logger }), tracing, { service: 'gateway', logger }),
  logger,
);
