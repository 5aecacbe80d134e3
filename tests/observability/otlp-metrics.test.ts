import { createLogger, parseEnvironment } from '@giggityflix/kernel';
import {
  Counter,
  createMetrics,
  createTracing,
  Gauge,
  Histogram,
  tracingConfig,
  tracingVariables,
} from '@giggityflix/telemetry';
import { startCollector } from '@giggityflix/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';

const lines: string[] = [];
const logger = createLogger({ service: 'test', destination: { write: (line) => void lines.push(line) } });

async function exporting(env: (endpoint: string) => Record<string, string>) {
  const collector = await startCollector();
  onTestFinished(() => collector.close());
  const config = tracingConfig(parseEnvironment(z.object(tracingVariables), env(collector.endpoint)));
  const tracing = createTracing(config, { service: 'otlp-test', logger });
  await tracing.start();
  const of = (name: string) => collector.metrics.findLast((metric) => metric.name === name);
  return { collector, tracing, of };
}

const registry = createMetrics('otlp-test', { processMetrics: false });
const registers = [registry];
const counter = new Counter({ name: 'films_total', help: 'Films', labelNames: ['kind'], registers });
const gauge = new Gauge({ name: 'places', help: 'Places', registers });
const histogram = new Histogram({
  name: 'answer_seconds',
  help: 'Answers',
  labelNames: ['route'],
  buckets: [0.1, 1],
  registers,
});
counter.inc({ kind: 'episode' }, 3);
gauge.set(7);
for (const seconds of [0.05, 0.5, 0.6, 5]) histogram.observe({ route: '/a' }, seconds);

describe('metrics by OTLP', () => {
  it('are those of GET /metrics, exported while the process runs and once more at its end', async () => {
    const { collector, tracing, of } = await exporting((endpoint) => ({
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abc',
      OTEL_METRIC_EXPORT_INTERVAL: '100',
    }));
    await expect
      .poll(() => of('films_total'), { timeout: 30_000 })
      .toEqual({
        service: 'otlp-test',
        name: 'films_total',
        kind: 'sum',
        points: [{ attributes: { kind: 'episode' }, value: 3 }],
      });
    expect(of('places')).toMatchObject({ kind: 'gauge', points: [{ attributes: {}, value: 7 }] });
    expect(of('answer_seconds')).toMatchObject({
      kind: 'histogram',
      points: [{ attributes: { route: '/a' }, value: { counts: [1, 2, 1], bounds: [0.1, 1], sum: 6.15 } }],
    });
    expect(collector.headers()).toMatchObject({ authorization: 'Bearer abc' });
    gauge.set(8);
    await tracing.stop();
    expect(of('places')?.points[0]?.value).toBe(8);
  });

  it('go to an address of their own, without any traces', async () => {
    const { tracing, of, collector } = await exporting((endpoint) => ({
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${endpoint}/v1/metrics`,
      OTEL_SERVICE_NAME: 'mine',
    }));
    await tracing.stop();
    expect(of('places')?.service).toBe('mine');
    expect(collector.spans).toEqual([]);
  });

  it('stay at home when the operator says so', async () => {
    const { collector, tracing } = await exporting((endpoint) => ({
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_METRICS_EXPORTER: 'none',
    }));
    await tracing.stop();
    expect(collector.metrics).toEqual([]);
  });

  it('do not keep a process from its end when the collector is unavailable, which is logged once', async () => {
    const { collector, tracing } = await exporting((endpoint) => ({
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_METRIC_EXPORT_INTERVAL: '100',
    }));
    await collector.close();
    const warnings = () => lines.filter((line) => line.includes('cannot export metrics'));
    await tracing.stop();
    expect([0, 1]).toContain(warnings().length);
    expect(lines.join('')).toMatch(/cannot export metrics|metrics were not exported/);
  });
});
