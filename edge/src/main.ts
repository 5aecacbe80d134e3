import {
  createBus,
  createLogger,
  createMetrics,
  EnvironmentError,
  READY,
  runProcess,
  type Service,
} from '@giggityflix/platform';
import { createEdge } from './edge.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { openState } from './state.ts';

const environment = readEnvironmentOrExit();
const { edge: config, topics } = environment;
const logger = createLogger({ service: config.edgeId, level: environment.logLevel });
if (!config.grpc.tls)
  logger.warn({ address: config.grpc.address }, 'GRPC_USE_TLS is off: peers connect without encryption');

const metrics = createMetrics('edge');
const bus = createBus({ config: environment.bus, clientId: config.edgeId, logger, metrics });
const state = openState(environment.state, logger);
const edge = createEdge(config, { ...state, bus, topics, metrics, logger });

const service: Service = {
  async start() {
    await bus.start();
    await edge.start();
  },
  async stop() {
    await edge.stop();
    await bus.stop();
    await state.close();
  },
  ready: () => READY,
};
await runProcess(service, logger, { stopDeadlineMs: config.drainMs + 8_000 });

function readEnvironmentOrExit(): Environment {
  try {
    return readEnvironment();
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
