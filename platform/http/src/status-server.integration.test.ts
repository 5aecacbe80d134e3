import { request } from 'node:http';
import { createLogger, notReady, READY, type Readiness } from '@giggityflix/kernel';
import { createMetrics } from '@giggityflix/telemetry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStatusServer } from './status-server.ts';

let readiness: () => Readiness | Promise<Readiness> = () => READY;
const server = createStatusServer({
  name: 'test',
  host: '127.0.0.1',
  port: 0,
  logger: createLogger({ service: 'test', level: 'silent' }),
  metrics: createMetrics('test'),
  ready: () => readiness(),
});
const url = () => `http://127.0.0.1:${server.address().port}`;
beforeAll(server.start);
afterAll(server.stop);

describe('a server for probes alone', () => {
  it('reports that it is alive, whether it would serve and why not, and its metrics', async () => {
    const health = await fetch(`${url()}/health?verbose`);
    expect(health.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await health.json()).toEqual({ status: 'ok' });
    expect((await fetch(`${url()}/ready`)).status).toBe(200);
    readiness = () => notReady('the bus is unavailable');
    const unready = await fetch(`${url()}/ready`);
    expect(unready.status).toBe(503);
    expect(await unready.json()).toEqual({ status: 'not ready', reason: 'the bus is unavailable' });
    expect(await (await fetch(`${url()}/metrics`)).text()).toContain('service_ready{service="test"} 0');
    expect(await (await fetch(`${url()}/health`, { method: 'HEAD' })).text()).toBe('');
  });

  it('is not ready, and says so in time, when a check does not end', async () => {
    readiness = () => new Promise(() => {});
    const unready = await fetch(`${url()}/ready`);
    expect([unready.status, await unready.json()]).toEqual([
      503,
      { status: 'not ready', reason: expect.stringContaining('checking readiness') },
    ]);
  });

  it.each(['/', '/nothing', '/constructor', '/%00'])('has nothing at %s', async (path) => {
    const response = await fetch(`${url()}${path}`);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ status: 404, title: 'Not Found' });
  });

  it('refuses other methods, whatever their body', async () => {
    const response = await fetch(`${url()}/health`, { method: 'POST', body: 'x'.repeat(100_000) });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
    await response.body?.cancel();
  });

  it('keeps its metrics from whom a proxy asks', async () => {
    const response = await fetch(`${url()}/metrics`, { headers: { forwarded: 'for=127.0.0.1' } });
    expect([response.status, await response.json()]).toEqual([403, expect.objectContaining({ status: 403 })]);
  });

  it('survives targets that are no paths', async () => {
    for (const path of ['*', '//[', 'http://[::1/health']) {
      const status = await new Promise((resolve, reject) => {
        const sent = request(url(), { path, method: 'OPTIONS' }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        sent.on('error', reject).end();
      });
      expect(status).toBe(404);
    }
    expect((await fetch(`${url()}/health`)).status).toBe(200);
  });
});
