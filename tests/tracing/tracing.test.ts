import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, createBus, on, RejectMessage, type Topic } from '@giggityflix/bus';
import { createHttpServer, type HttpServer } from '@giggityflix/http';
import { createLogger, parseEnvironment, READY, type Service } from '@giggityflix/kernel';
import {
  createMetrics,
  createTracing,
  isTracing,
  startSpan,
  tracingConfig,
  tracingVariables,
} from '@giggityflix/telemetry';
import { type Collector, startCollector } from '@giggityflix/testing';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';

const fileTopic: Topic<{ n: number }> = {
  name: 'tracing-test',
  type: 'tracing-test',
  schema: z.object({ n: z.number() }),
};
const lines: string[] = [];
const logger = createLogger({ service: 'test', destination: { write: (line) => void lines.push(line) } });
const configOf = (env: Record<string, string>) =>
  tracingConfig(parseEnvironment(z.object(tracingVariables), env));

let collector: Collector;
let tracing: Service;
let bus: Bus;
let http: HttpServer;
let folder: string;

async function trace(env: Record<string, string> = {}) {
  tracing = createTracing(configOf({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, ...env }), {
    service: 'hub',
    logger,
  });
  await tracing.start();
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'giggityflix-tracing-'));
  collector = await startCollector();
  bus = await createBus({
    config: { kind: 'embedded', path: join(folder, 'bus') },
    clientId: 'test',
    logger,
  });
  await bus.start();
  http = createHttpServer({
    name: 'catalog',
    host: '127.0.0.1',
    port: 0,
    logger,
    metrics: createMetrics('test'),
    ready: () => READY,
  });
  http.app.post('/films/:id', async () => {
    await bus.publish({ topic: fileTopic, key: 'film', value: { n: 1 } });
    return {};
  });
  await http.start();
  lines.length = 0;
});
afterEach(async () => {
  await http.stop();
  await bus.stop();
  await tracing?.stop();
  await collector.close();
  rmSync(folder, { recursive: true, force: true });
});

const post = (headers: Record<string, string> = {}) =>
  fetch(`${http.address().url}/films/secret-id?token=secret`, { method: 'POST', headers });

describe('spans', () => {
  it('make one trace of a request, what it publishes, and its handling', async () => {
    await trace({ OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abc' });
    let handled = 0;
    await bus.consume({ groupId: 'readers', routes: [on(fileTopic, () => void handled++)] });
    const callersTrace = '0af7651916cd43dd8448eb211c80319c';
    await post({ traceparent: `00-${callersTrace}-b7ad6b7169203331-01` });
    await expect.poll(() => handled).toBe(1);
    await tracing.stop();

    const [server, send, process] = [2, 4, 5].map((kind) => collector.spans.find((s) => s.kind === kind)!);
    expect(collector.spans.map(({ traceId }) => traceId)).toEqual([callersTrace, callersTrace, callersTrace]);
    expect(server).toMatchObject({
      service: 'catalog',
      name: 'POST /films/:id',
      parentSpanId: 'b7ad6b7169203331',
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/films/:id',
        'http.response.status_code': 200,
      },
    });
    expect(send).toMatchObject({
      service: 'hub',
      name: 'send tracing-test',
      parentSpanId: server!.spanId,
      attributes: { 'messaging.destination.name': 'tracing-test' },
    });
    expect(process).toMatchObject({
      name: 'process tracing-test',
      parentSpanId: send!.spanId,
      failed: false,
      attributes: { 'messaging.consumer.group.name': 'readers', 'giggityflix.attempt': 1 },
    });
    expect(collector.headers()).toMatchObject({ authorization: 'Bearer abc' });
    expect(JSON.stringify(collector.spans)).not.toContain('secret');
  });

  it('report retries and dead letters, without the message of the error', async () => {
    await trace();
    const handle = vi.fn().mockRejectedValueOnce(new TypeError('secret'));
    handle.mockRejectedValueOnce(new RejectMessage('secret'));
    await bus.consume({ groupId: 'readers', routes: [on(fileTopic, handle)] });
    await bus.publish({ topic: fileTopic, key: 'film', value: { n: 1 } });
    await expect.poll(() => handle).toHaveBeenCalledTimes(2);
    await bus.stop();
    await tracing.stop();
    const attempts = collector.spans.filter(({ kind }) => kind === 5);
    expect(attempts.map(({ events, failed }) => ({ events, failed }))).toEqual([
      { events: ['retry'], failed: true },
      { events: ['dead letter'], failed: true },
    ]);
    expect(attempts.map(({ attributes }) => attributes['error.type'])).toEqual([
      'TypeError',
      'RejectMessage',
    ]);
    expect(JSON.stringify(collector.spans)).not.toContain('secret');
  });

  it('leave out probes', async () => {
    await trace();
    await fetch(`${http.address().url}/health`);
    await tracing.stop();
    expect(collector.spans).toEqual([]);
  });

  it('are not there when the sampler says so, while the trace still goes on', async () => {
    await trace({ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' });
    expect(startSpan('work', { parent: null })?.traceparent).toMatch(/-00$/);
    await post();
    await tracing.stop();
    expect(collector.spans).toEqual([]);
  });
});

describe('the exporter', () => {
  it('does nothing without an endpoint', async () => {
    tracing = createTracing(configOf({ OTEL_EXPORTER_OTLP_ENDPOINT: '' }), { service: 'hub', logger });
    await tracing.start();
    expect(isTracing()).toBe(false);
    expect(startSpan('work')).toBeUndefined();
    await post();
    expect(collector.spans).toEqual([]);
  });

  it('names every span as configured', async () => {
    await trace({ OTEL_SERVICE_NAME: 'mine' });
    await post();
    await tracing.stop();
    expect(new Set(collector.spans.map(({ service }) => service))).toEqual(new Set(['mine']));
  });

  it('lets a process stop although the collector is unavailable, and logs it', async () => {
    await trace();
    await collector.close();
    await post();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const stopped = vi.fn();
    void tracing.stop().then(stopped);
    await vi.advanceTimersByTimeAsync(4_000);
    await expect.poll(() => stopped).toHaveBeenCalledOnce();
    expect(lines.join('')).toMatch(/were not exported|cannot export/);
  });

  it('refuses what is no address and what are no headers', () => {
    expect(() => configOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' })).toThrow(/http or https URL/);
    expect(() => configOf({ OTEL_EXPORTER_OTLP_HEADERS: 'secret' })).toThrow(/name=value/);
    expect(() => configOf({ OTEL_EXPORTER_OTLP_HEADERS: 'secret' })).not.toThrow(/"secret"/);
  });
});
