import { createBus } from '@giggityflix/bus';
import { createLogger, readOrExit, refuseArguments, runProcess } from '@giggityflix/kernel';
import { createMetrics, withTracing } from '@giggityflix/telemetry';
import { readEnvironment } from './environment.ts';
import { createGateway } from './service.ts';

refuseArguments();
const { gateway: config, logLevel, tracing, bus: busConfig } = readOrExit(readEnvironment);
const logger = createLogger({ service: 'gateway', level: logLevel });
const metrics = createMetrics('gateway');
const bus = await createBus({ config: busConfig, clientId: 'gateway', logger, metrics });
await runProcess(
  withTracing(createGateway(config, { logger, metrics, bus, ownsBus: true }), tracing, {
    service: 'gateway',
    logger,
  }),
  logger,
);
