import { Counter, Gauge, Histogram, type Registry } from '@giggityflix/telemetry';

/** What the gateway counts. Latencies are observed in milliseconds and exported in seconds. */
export interface GatewayMetrics {
  operation(name: string, kind: string): OperationMeter;
  subgraph(name: string): SubgraphMeter;
  refused(reason: string): void;
  readonly sockets: Gauge;
  readonly subscriptions: Gauge;
  readonly upstreams: Gauge;
  readonly events: Counter;
  readonly slowReaders: Counter;
}

export interface OperationMeter {
  answered(ms: number, failed: boolean): void;
}

export interface SubgraphMeter {
  answered(ms: number): void;
  failed(ms: number): void;
  retried(): void;
  shared(): void;
  /** The circuit breaker was open. */
  refused(): void;
}

/** `unavailable` names the subgraphs that give no sign of life; asked with every scrape. */
export function reportUnavailable(registry: Registry, unavailable: () => Promise<readonly string[]>): void {
  new Gauge({
    name: 'gateway_subgraphs_unavailable',
    help: 'Subgraphs that this gateway serves without, as they do not answer or refuse it',
    registers: [registry],
    async collect() {
      this.set((await unavailable()).length);
    },
  });
}

/** Operation names are clients' to choose: beyond this many they are counted as "other". */
const MAX_OPERATION_NAMES = 200;
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createGatewayMetrics(registry: Registry): GatewayMetrics {
  const registers = [registry];
  const operations = new Histogram({
    name: 'gateway_operation_seconds',
    help: 'Time to answer an operation, by its name and kind; errors: whether the answer has any',
    labelNames: ['operation', 'kind', 'errors'] as const,
    buckets: SECONDS,
    registers,
  });
  const fetches = new Histogram({
    name: 'gateway_subgraph_fetch_seconds',
    help: 'Time a subgraph takes to answer, by subgraph and outcome (answered, failed)',
    labelNames: ['subgraph', 'outcome'] as const,
    buckets: SECONDS,
    registers,
  });
  const extra = new Counter({
    name: 'gateway_subgraph_events_total',
    help: 'Fetches retried, shared with an identical one in flight, or refused by the circuit breaker',
    labelNames: ['subgraph', 'event'] as const,
    registers,
  });
  const refusals = new Counter({
    name: 'gateway_refused_total',
    help: 'Requests refused before execution, by reason',
    labelNames: ['reason'] as const,
    registers,
  });
  const names = new Set<string>();
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const counter = (name: string, help: string) => new Counter({ name, help, registers });
  return {
    operation(given, kind) {
      if (names.size < MAX_OPERATION_NAMES) names.add(given);
      const operation = names.has(given) ? given : 'other';
      const clean = operations.labels({ operation, kind, errors: 'false' });
      const failing = operations.labels({ operation, kind, errors: 'true' });
      return { answered: (ms, failed) => (failed ? failing : clean).observe(ms / 1_000) };
    },
    subgraph(subgraph) {
      const answered = fetches.labels({ subgraph, outcome: 'answered' });
      const failed = fetches.labels({ subgraph, outcome: 'failed' });
      const event = (name: string) => {
        const counter = extra.labels({ subgraph, event: name });
        // It exists from now on, so that the first one is an increase.
        counter.inc(0);
        return counter;
      };
      const [retried, shared, refused] = [event('retried'), event('shared'), event('refused')];
      return {
        answered: (ms) => answered.observe(ms / 1_000),
        failed: (ms) => failed.observe(ms / 1_000),
        retried: () => retried.inc(),
        shared: () => shared.inc(),
        refused: () => refused.inc(),
      };
    },
    refused: (reason) => refusals.labels({ reason }).inc(),
    sockets: gauge('gateway_sockets', 'Open WebSocket connections'),
    subscriptions: gauge('gateway_subscriptions', 'Subscriptions of clients'),
    upstreams: gauge('gateway_upstream_subscriptions', 'Subscriptions held at subgraphs, shared by clients'),
    events: counter('gateway_subscription_events_total', 'Events delivered to clients'),
    slowReaders: counter('gateway_slow_readers_total', 'Clients cut off because they read too slowly'),
  };
}
