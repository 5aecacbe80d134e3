import { collectDefaultMetrics, Registry } from 'prom-client';

export { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** The registry of each service of this process; of one that began anew, the present one. */
const registries = new Map<string, Registry>();

/** What an exporter of metrics reads. */
export function reportedRegistries(): ReadonlyMap<string, Registry> {
  return registries;
}

/**
 * A registry of its own for each service, so that several can run in one process. It also reports the metrics of the
 * registries `beside` it, each with its own labels: no two of them may have a metric's name in common.
 */
export function createMetrics(
  service: string,
  options: { processMetrics?: boolean; beside?: readonly Registry[] } = {},
): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  registries.set(service, registry);
  if (options.processMetrics ?? true) collectDefaultMetrics({ register: registry });
  const { beside = [] } = options;
  if (beside.length > 0) {
    const own = registry.metrics.bind(registry);
    registry.metrics = async () =>
      (await Promise.all([own(), ...beside.map((other) => other.metrics())])).join('\n');
  }
  return registry;
}
