import { join } from 'node:path';
import {
  type Collector,
  type ReceivedSpan,
  startCollector,
  startStack,
  type TestStack,
  writeNewFilm,
} from '@giggityflix/testing';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

let collector: Collector;
let stack: TestStack;

beforeAll(async () => {
  collector = await startCollector();
  stack = await startStack({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint } });
});
afterAll(async () => {
  await stack?.dispose();
  await collector?.close();
});

/** As OTLP numbers them. */
const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const within = { timeout: 15_000, interval: 100 };

/** The chain of spans from the first of its trace to `span`. */
function lineage(span: ReceivedSpan): ReceivedSpan[] {
  const parent = collector.spans.find(
    ({ traceId, spanId }) => traceId === span.traceId && spanId === span.parentSpanId,
  );
  return parent ? [...lineage(parent), span] : [span];
}
const services = (span: ReceivedSpan) => lineage(span).map(({ service, name }) => `${service}: ${name}`);

it('follows a request through the gateway into the subgraphs', async () => {
  await stack.client.request('BrowseTitles', { first: 10, filter: {} });
  await vi.waitFor(() => {
    const operation = collector.spans.find(
      ({ service, attributes }) =>
        service === 'catalog' &&
        String(attributes['graphql.operation.name'] ?? '').startsWith('BrowseTitles'),
    );
    expect(operation && services(operation)).toEqual([
      'gateway: POST /graphql',
      'gateway: query',
      'gateway: POST',
      'catalog: POST /graphql',
      'catalog: query',
    ]);
  }, within);
});

it('follows a film from the peer over edge and bus to those who keep it', async () => {
  writeNewFilm(join(stack.mediaDir, 'Traced (2026).mp4'));
  await vi.waitFor(() => {
    const kept = collector.spans
      .filter(({ attributes }) => attributes['messaging.consumer.group.name'] !== undefined)
      .map((span) => {
        const path = lineage(span);
        const steps = path.map(({ service, kind }) => `${service} ${KINDS[kind]}`);
        return [path[0]?.name, ...steps, span.attributes['messaging.consumer.group.name']].join(', ');
      });
    expect(kept).toContain(
      'receive catalogUpdate, edge server, edge producer, hub consumer, tracker-service',
    );
    expect(kept).toContain(
      'receive mediaDescription, edge server, edge producer, hub consumer, catalog-service',
    );
  }, within);
});

it('keeps the probes out', () => {
  expect(collector.spans.filter(({ attributes }) => attributes['http.route'] === '/ready')).toEqual([]);
});
