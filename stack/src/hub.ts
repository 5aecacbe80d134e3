import { type Bus, createBus } from '@giggityflix/bus';
import { createCatalog, readEnvironment as readCatalog } from '@giggityflix/catalog';
import { createGateway, readEnvironment as readGateway } from '@giggityflix/gateway';
import {
  composeServices,
  createLogger,
  type Logger,
  type RawEnvironment,
  READY,
  type Service,
} from '@giggityflix/kernel';
import { createMetrics, createTracing } from '@giggityflix/telemetry';
import { createTracker, readEnvironment as readTracker } from '@giggityflix/tracker';
import { createViewing, readEnvironment as readViewing } from '@giggityflix/viewing';
import { ensureBuilt, webRoot } from '@giggityflix/web';
import type { StackConfig } from './environment.ts';
import { hubEnvironments } from './hub-environment.ts';
import { createPersistentService } from './persistent-service.ts';
import { reportIdentity } from './set-up.ts';
import { writeSupergraph } from './supergraph.ts';

/** The configuration of each service of the hub. */
export type HubServices = ReturnType<typeof readHubServices>;

/** @throws EnvironmentError naming every problem of the first service that has one. */
export function readHubServices(config: StackConfig) {
  const environments = hubEnvironments(config);
  return {
    catalog: readCatalog(environments.catalog),
    tracker: readTracker(environments.tracker),
    viewing: readViewing(environments.viewing),
    gateway: readGateway({ ...environments.gateway, GATEWAY_WEB_ROOT: webRoot }).gateway,
    identity: config.identityUrl ? environments.identity : null,
  };
}

/**
 * Gateway and subgraphs in one process. They meet as they do apart, over HTTP and the bus; one that cannot
 * start leaves the others running. What the bus they share counts is reported by the gateway, whose port is the one
 * people know.
 */
export async function createHub(config: StackConfig, services: HubServices): Promise<Service> {
  const { catalog, tracker, viewing, gateway, identity } = services;
  const loggerOf = (service: string) => createLogger({ service, level: config.logLevel });
  const logger = loggerOf('hub');
  const busMetrics = createMetrics('hub', { processMetrics: false });
  const bus = await createBus({ config: catalog.bus, clientId: 'hub', logger, metrics: busMetrics });
  const deps = (service: string) => ({ bus, logger: loggerOf(service) });
  const persist = (name: string, create: () => Promise<Service> | Service) =>
    createPersistentService(name, create, logger);
  return composeServices({
    tracing: createTracing(catalog.tracing, { service: 'hub', logger }),
    bus,
    services: together([
      persist('catalog', () => createCatalog(catalog, deps('catalog'))),
      persist('tracker', () => createTracker(tracker.tracker, deps('tracker'))),
      persist('viewing', () => createViewing(viewing, deps('viewing'))),
      persist('gateway', async () => {
        await Promise.all([writeSupergraph(config), ensureBuilt()]);
        const metrics = createMetrics('gateway', { beside: [busMetrics] });
        return createGateway(gateway, { ...deps('gateway'), metrics });
      }),
      ...(identity ? [persist('identity', () => createIdentity(identity, deps('identity')))] : []),
    ]),
  });
}

/** Loaded where people sign in, and there alone. */
async function createIdentity(
  environment: RawEnvironment,
  deps: { bus: Bus; logger: Logger },
): Promise<Service> {
  const { createIdentity, readEnvironment } = await import('@giggityflix/identity');
  return reportIdentity(createIdentity(readEnvironment(environment), deps));
}

/** Services without an order among them: started and stopped at once, ready when all are. */
function together(services: readonly Service[]): Service {
  return {
    async start() {
      await Promise.all(services.map((service) => service.start()));
    },
    async stop() {
      await Promise.all(services.map((service) => service.stop()));
    },
    async ready() {
      const readiness = await Promise.all(services.map((service) => service.ready()));
      return readiness.find((item) => !item.ready) ?? READY;
    },
  };
}
