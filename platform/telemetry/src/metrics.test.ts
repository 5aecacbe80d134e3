import { expect, it } from 'vitest';
import { Counter, createMetrics } from './metrics.ts';

const quiet = { processMetrics: false };

it('a registry also reports the metrics of those beside it, each with the name of its service', async () => {
  const bus = createMetrics('hub', quiet);
  const registry = createMetrics('gateway', { ...quiet, beside: [bus] });
  new Counter({ name: 'requests_total', help: 'Requests', registers: [registry] }).inc();
  new Counter({ name: 'records_total', help: 'Records', registers: [bus] }).inc(2);
  expect(await registry.metrics()).toBe(
    [
      '# HELP requests_total Requests',
      '# TYPE requests_total counter',
      'requests_total{service="gateway"} 1',
      '',
      '# HELP records_total Records',
      '# TYPE records_total counter',
      'records_total{service="hub"} 2',
      '',
    ].join('\n'),
  );
});
