import type { Bus } from './bus/bus.ts';
import { type BusConfig, createBus } from './bus/config.ts';
import { readOrExit } from './environment.ts';
import { composeServices, runProcess, type Service } from './lifecycle.ts';
import { createLogger, type Logger, type LogLevel } from './logger.ts';
import { createMetrics, type Registry } from './metrics.ts';
import { createTracing, type TracingConfig } from './tracing/index.ts';

/** What the configuration of each subgraph says, beside what is the subgraph's own. */
export interface ProcessConfig {
  logLevel: LogLevel;
  tracing: TracingConfig;
  bus: BusConfig;
}

/**
 * Runs a subgraph as the whole process, with the logger, the metrics, the tracing and the bus it stands on. A bad
 * environment is printed, and ends the process with status 1.
 */
export async function runSubgraph<C extends ProcessConfig>(
  name: string,
  readEnvironment: () => C,
  create: (config: C, deps: { logger: Logger; bus: Bus; metrics: Registry }) => Service,
): Promise<void> {
  const config = readOrExit(readEnvironment);
  const logger = createLogger({ service: name, level: config.logLevel });
  const metrics = createMetrics(name);
  const bus = createBus({ config: config.bus, clientId: name, logger, metrics });
  const service = composeServices({
    tracing: createTracing(config.tracing, { service: name, logger }),
    bus,
    [name]: create(config, { logger, bus, metrics }),
  });
  await runProcess(service, logger);
}
