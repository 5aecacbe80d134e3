import { availableParallelism } from 'node:os';
import { createBus } from '@giggityflix/bus';
import {
  composeServices,
  createLogger,
  type Logger,
  notReady,
  readOrExit,
  runProcess,
  type Service,
} from '@giggityflix/kernel';
import { createMetrics, withTracing } from '@giggityflix/telemetry';
import { createEdge } from './edge.ts';
import { readEnvironment } from './environment.ts';
import { openState } from './state.ts';
import { createWorkers, workerCount } from './workers.ts';

/** What is left of a stop once peers had their time: the last events, and closing what is open. */
const STOP_MARGIN_MS = 8_000;

const environment = readOrExit(readEnvironment);
const { edge: config, topics } = environment;
const logger = createLogger({ service: config.edgeId, level: environment.logLevel });
const count = workerCount(environment.maxWorkers, availableParallelism());
const service =
  count === 1
    ? createSingle(logger)
    : createWorkers({ count, edgeId: config.edgeId, httpPort: config.http?.port ?? 0 }, { logger });
const traced = withTracing(service, environment.tracing, { service: 'edge', logger });
await runProcess(traced, logger, {
  stopDeadlineMs: config.drainMs + STOP_MARGIN_MS,
});

/** One edge as the whole process; what it stands on is opened when it starts. */
function createSingle(logger: Logger): Service {
  let parts: Service | null = null;
  return {
    async start() {
      parts = await compose(logger);
      await parts.start();
    },
    stop: async () => parts?.stop(),
    ready: () => parts?.ready() ?? notReady('starting'),
  };
}

/** The edge with the bus and the stores it stands on. */
async function compose(logger: Logger): Promise<Service> {
  if (!config.grpc.tls)
    logger.warn({ address: config.grpc.address }, 'GRPC_USE_TLS is off: peers connect without encryption');
  const metrics = createMetrics('edge');
  const bus = await createBus({ config: environment.bus, clientId: config.edgeId, logger, metrics });
  const state = openState(environment.state, logger);
  const edge = createEdge(config, { ...state, bus, topics, metrics, logger });
  return composeServices({ state: { start: async () => {}, stop: state.close }, bus, edge });
}
