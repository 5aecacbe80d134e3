import { availableParallelism } from 'node:os';
import { createBus } from '@giggityflix/bus';
import {
  composeServices,
  createLogger,
  type Logger,
  notReady,
  readOrExit,
  refuseArguments,
  runProcess,
  type Service,
} from '@giggityflix/kernel';
import { createMetrics, reportStores, withTracing } from '@giggityflix/telemetry';
import { readEnvironment } from './environment.ts';
import { createEdge } from './service.ts';
import { openState } from './state/open.ts';
import { createWorkers, workerCount } from './workers.ts';

/** How long a stop may take after the drain: for the last events, and to close what is open. */
const STOP_MARGIN_MS = 8_000;

refuseArguments();
const config = readOrExit(readEnvironment);
const logger = createLogger({ service: config.edgeId, level: config.logLevel });
const count = workerCount(config.maxWorkers, availableParallelism());
const service =
  count === 1
    ? createSingle(logger)
    : createWorkers({ count, edgeId: config.edgeId, httpPort: config.http.port }, { logger });
const traced = withTracing(service, config.tracing, { service: 'edge', logger });
await runProcess(traced, logger, {
  stopDeadlineMs: config.drainMs + STOP_MARGIN_MS,
});

/** One edge as the whole process; its bus and stores are opened when it starts. */
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

/** The edge with its bus and stores. */
async function compose(logger: Logger): Promise<Service> {
  if (!config.grpc.tls)
    logger.warn({ address: config.grpc.address }, 'GRPC_USE_TLS is off: peers connect without encryption');
  const metrics = createMetrics('edge');
  const bus = await createBus({ config: config.bus, clientId: config.edgeId, logger, metrics });
  const state = await openState(config.state, logger);
  reportStores(metrics, { state });
  const edge = createEdge(config, { ...state, bus, topics: config.topics, metrics, logger });
  return composeServices({ state: { start: async () => {}, stop: state.close }, bus, edge });
}
