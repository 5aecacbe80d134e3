import { createCatalog, readEnvironment as readCatalog } from '@giggityflix/catalog';
import { composeServices, createBus, createLogger, READY, type Service } from '@giggityflix/platform';
import { createTracker, readEnvironment as readTracker } from '@giggityflix/tracker';
import { createViewing, readEnvironment as readViewing } from '@giggityflix/viewing';
import type { StackConfig } from './environment.ts';
import { hubEnvironments } from './hub-environment.ts';
import { createPersistentService } from './persistent-service.ts';

/**
 * Gateway and subgraphs in one process. They meet as they do apart, over HTTP and the bus; one that cannot
 * start leaves the others running.
 *
 * @throws EnvironmentError naming every problem of the first service that has one.
 */
export function createHub(config: StackConfig): Service {
  const environments = hubEnvironments(config);
  const catalog = readCatalog(environments.catalog);
  const tracker = readTracker(environments.tracker);
  const viewing = readViewing(environments.viewing);

  const loggerOf = (service: string) => createLogger({ service, level: config.logLevel });
  const logger = loggerOf('hub');
  const bus = createBus({ config: catalog.bus, clientId: 'hub', logger });
  return composeServices([
    { start: () => bus.start(), stop: () => bus.stop(), ready: () => READY },
    together([
      createPersistentService(
        'catalog',
        () => createCatalog(catalog, { bus, logger: loggerOf('catalog') }),
        logger,
      ),
      createPersistentService(
        'tracker',
        () => createTracker(tracker.tracker, { bus, logger: loggerOf('tracker') }),
        logger,
      ),
      createPersistentService(
        'viewing',
        () => createViewing(viewing, { bus, logger: loggerOf('viewing') }),
        logger,
      ),
    ]),
  ]);
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
