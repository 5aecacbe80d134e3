import { Counter, type CounterConfiguration, Gauge, Histogram, type Registry } from 'prom-client';

/** What a bus reports to Prometheus; every method is cheap enough to call for each record. */
export interface BusMetrics {
  published(topic: string, count: number): void;
  publishFailed(topic: string, count: number): void;
  consumed(topic: string, group: string, seconds: number): void;
  retried(topic: string, group: string): void;
  deadLettered(topic: string, group: string): void;
  /** A group begins to consume a topic: what counts its failures exists from now on, so that the first one is an increase. */
  consumes(topic: string, group: string): void;
  /** Records of a topic that a group has yet to finish, counted in the partitions this member holds. */
  lag(topic: string, group: string, records: number): void;
  /** Whether a consumer of this process receives records. */
  consuming(consumer: string, isConsuming: boolean): void;
  /** Whether this process has reached the bus since its start. */
  connected(isConnected: boolean): void;
}

export const NO_BUS_METRICS: BusMetrics = {
  published() {},
  publishFailed() {},
  consumed() {},
  retried() {},
  deadLettered() {},
  consumes() {},
  lag() {},
  consuming() {},
  connected() {},
};

export function createBusMetrics(registry: Registry): BusMetrics {
  const published = counter(registry, 'bus_published_total', 'Records that the bus acknowledged', ['topic']);
  const failed = counter(registry, 'bus_publish_failures_total', 'Records that could not be published', [
    'topic',
  ]);
  const retried = counter(registry, 'bus_retries_total', 'Handler calls that failed and were repeated', [
    'topic',
    'group',
  ]);
  const deadLettered = counter(registry, 'bus_dead_letters_total', 'Records sent to a dead-letter topic', [
    'topic',
    'group',
  ]);
  const handled =
    (registry.getSingleMetric('bus_handle_seconds') as Histogram<'topic' | 'group'> | undefined) ??
    new Histogram({
      name: 'bus_handle_seconds',
      help: 'Time from the first call of the handler to the end of a record, retries included',
      labelNames: ['topic', 'group'],
      buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2, 10, 60],
      registers: [registry],
    });
  const lag =
    (registry.getSingleMetric('bus_lag_records') as Gauge<'topic' | 'group'> | undefined) ??
    new Gauge({
      name: 'bus_lag_records',
      help: 'Records of the partitions held here that are not finished yet',
      labelNames: ['topic', 'group'],
      registers: [registry],
    });
  const consuming =
    (registry.getSingleMetric('bus_consumer_up') as Gauge<'consumer'> | undefined) ??
    new Gauge({
      name: 'bus_consumer_up',
      help: 'Whether a consumer receives records: 0 while it joins its group again after a failure',
      labelNames: ['consumer'],
      registers: [registry],
    });
  const connected =
    (registry.getSingleMetric('bus_connected') as Gauge | undefined) ??
    new Gauge({
      name: 'bus_connected',
      help: 'Whether this process has reached the bus since its start',
      registers: [registry],
    });
  const publishedTo = new Set<string>();
  return {
    published(topic, count) {
      published.inc({ topic }, count);
      if (publishedTo.has(topic)) return;
      publishedTo.add(topic);
      failed.inc({ topic }, 0);
    },
    publishFailed: (topic, count) => failed.inc({ topic }, count),
    consumed: (topic, group, seconds) => handled.observe({ topic, group }, seconds),
    retried: (topic, group) => retried.inc({ topic, group }),
    deadLettered: (topic, group) => deadLettered.inc({ topic, group }),
    consumes(topic, group) {
      retried.inc({ topic, group }, 0);
      deadLettered.inc({ topic, group }, 0);
    },
    lag: (topic, group, records) => lag.set({ topic, group }, records),
    consuming: (consumer, isConsuming) => consuming.set({ consumer }, Number(isConsuming)),
    connected: (isConnected) => connected.set(Number(isConnected)),
  };
}

/** Two buses of one process may report to one registry, which refuses a second metric of the same name. */
function counter<L extends string>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: CounterConfiguration<L>['labelNames'],
): Counter<L> {
  return (
    (registry.getSingleMetric(name) as Counter<L> | undefined) ??
    new Counter({ name, help, labelNames, registers: [registry] })
  );
}
