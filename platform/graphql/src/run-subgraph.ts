import { type Bus, type BusConfig, createBus } from '@giggityflix/bus';
import {
  composeServices,
  createLogger,
  type Logger,
  type LogLevel,
  readOrExit,
  refuseArguments,
  runProcess,
  type Service,
} from '@giggityflix/kernel';
import { createMetrics, createTracing, type Registry, type TracingConfig } from '@giggityflix/telemetry';

/** What the configurations of all subgraphs have in common. */
export interface ProcessConfig {
  logLevel: LogLevel;
  tracing: TracingConfig;
  bus: BusConfig;
}

/**
 * Runs a subgraph as the whole process, with the logger, the metrics, the tracing and the bus it uses. A bad
 * environment is printed, and ends the process with status 1.
 */
export async function runSubgraph<C extends ProcessConfig>(
  name: string,
  readEnvironment: () => C,
  create: (config: C, deps: { logger: Logger; bus: Bus; metrics: Registry }) => Service,
): Promise<void> {
  refuseArguments();
  const config = readOrExit(readEnvironment);
  const logger = createLogger({ service: name, level: config.logLevel });
  const metrics = createMetrics(name);
  const bus = await createBus({ config: config.bus, clientId: name, logger, metrics });
  const service = composeServices({
    tracing: createTracing(config.tracing, { service: name, logger }),
    bus,
    [name]: create(config, { logger, bus, metrics }),
  });
  await runProcess(service, logger);
}
