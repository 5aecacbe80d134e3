import { Agent, request } from 'node:http';
import { createLogger, currentTraceparent, notReady, READY, type Readiness } from '@giggityflix/kernel';
import { createMetrics } from '@giggityflix/telemetry';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpProblem } from './problem.ts';
import { createHttpServer, type HttpServer } from './server.ts';

let server: HttpServer;
let readiness: () => Readiness = () => READY;
const lines: string[] = [];
const logger = createLogger({ service: 'test', destination: { write: (line) => void lines.push(line) } });

async function listen(routes: (app: HttpServer['app']) => void = () => {}): Promise<string> {
  server = createHttpServer({
    name: 'test',
    host: '127.0.0.1',
    port: 0,
    logger,
    metrics: createMetrics('test'),
    ready: () => readiness(),
    bodyLimit: 100,
  });
  routes(server.app);
  await server.start();
  return server.address().url;
}
afterEach(async () => {
  readiness = () => READY;
  lines.length = 0;
  await server.stop();
});

describe('every HTTP server', () => {
  it('reports that it is alive, and its metrics', async () => {
    const url = await listen();
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'ok' });
    const metrics = await fetch(`${url}/metrics`);
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await metrics.text()).toContain('process_cpu_seconds_total{service="test"}');
  });

  it('reports whether it would serve, and why not', async () => {
    const url = await listen();
    expect((await fetch(`${url}/ready`)).status).toBe(200);
    readiness = () => notReady('the bus is unavailable');
    const unready = await fetch(`${url}/ready`);
    expect(unready.status).toBe(503);
    expect(await unready.json()).toEqual({ status: 'not ready', reason: 'the bus is unavailable' });
    readiness = () => {
      throw new Error('the check failed');
    };
    const failed = await fetch(`${url}/ready`);
    expect(failed.status).toBe(503);
    expect(await failed.json()).toMatchObject({ reason: 'the check failed' });
  });

  it('gives each request an id, or keeps a harmless one', async () => {
    const url = await listen();
    const idOf = async (given?: string) =>
      (await fetch(`${url}/health`, { headers: given ? { 'x-request-id': given } : {} })).headers.get(
        'x-request-id',
      );
    expect(await idOf('abc-1')).toBe('abc-1');
    expect(await idOf('a b')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idOf()).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('handles a request as part of its trace', async () => {
    const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const url = await listen((app) => app.post('/trace', async () => currentTraceparent()));
    const answer = await fetch(`${url}/trace`, {
      method: 'POST',
      body: '{}',
      headers: { traceparent: trace, 'content-type': 'application/json' },
    });
    expect(await answer.text()).toContain(trace.slice(3, 35));
  });
});

describe('failures', () => {
  const problemOf = async (response: Response) => {
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    return [response.status, await response.json()];
  };

  it('of a route become its problem', async () => {
    const url = await listen((app) =>
      app.get('/busy', async () => {
        throw new HttpProblem(429, 'Too Many Requests', {
          detail: 'four streams are playing',
          members: { limit: 4 },
          headers: { 'retry-after': '5' },
        });
      }),
    );
    const response = await fetch(`${url}/busy`);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(await problemOf(response)).toEqual([
      429,
      {
        type: 'about:blank',
        title: 'Too Many Requests',
        status: 429,
        detail: 'four streams are playing',
        limit: 4,
      },
    ]);
  });

  it.each([
    ['DELETE', '/add', 'POST'],
    ['PUT', '/sessions/7/heartbeat', 'POST, DELETE'],
    ['POST', '/health', 'GET, HEAD'],
    ['POST', '/pictures/a/b.jpg', 'GET, HEAD'],
  ])('of the method name those that there are: %s %s', async (method, path, allow) => {
    const url = await listen((app) => {
      app.post('/add', async () => 'added');
      app.route({ method: ['POST', 'DELETE'], url: '/sessions/:id/heartbeat', handler: async () => 'ok' });
      app.get('/pictures/*', async () => 'a picture');
    });
    const response = await fetch(`${url}${path}`, { method });
    expect(response.headers.get('allow')).toBe(allow);
    expect(await problemOf(response)).toEqual([
      405,
      expect.objectContaining({ title: 'Method Not Allowed' }),
    ]);
    expect((await fetch(`${url}${path}/more`, { method: 'PATCH' })).status).toBe(
      path.includes('pic') ? 405 : 404,
    );
  });

  it('of someone who may not read the metrics say who may', async () => {
    const url = await listen();
    const response = await fetch(`${url}/metrics`, { headers: { 'x-forwarded-for': '127.0.0.1' } });
    expect(await problemOf(response)).toEqual([
      403,
      expect.objectContaining({ detail: expect.stringContaining('METRICS_ALLOWED') }),
    ]);
  });

  it('nobody expected are logged whole and answered without their cause', async () => {
    const url = await listen((app) =>
      app.get('/bug', async () => {
        throw new Error('password is hunter2');
      }),
    );
    const [status, body] = await problemOf(await fetch(`${url}/bug`));
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('hunter2');
    expect(lines.join('')).toContain('hunter2');
  });

  it('of the request are named', async () => {
    const url = await listen((app) => app.post('/echo', async ({ body }) => body));
    const post = (body: string, type = 'application/json') =>
      fetch(`${url}/echo`, { method: 'POST', body, headers: { 'content-type': type } });
    expect(await problemOf(await post('{'))).toMatchObject([400, { title: 'Bad Request' }]);
    expect(await problemOf(await post(`"${'x'.repeat(200)}"`))).toMatchObject([
      413,
      { title: 'Payload Too Large' },
    ]);
    expect(await problemOf(await post('x', 'image/png'))).toMatchObject([
      415,
      { title: 'Unsupported Media Type' },
    ]);
    expect(await problemOf(await fetch(`${url}/nowhere?a=1`))).toMatchObject([
      404,
      { detail: 'no route GET /nowhere' },
    ]);
  });
});

/** `fetch` hides what becomes of its connection. */
function get(url: string, agent: Agent): Promise<{ status?: number; connection?: string }> {
  return new Promise((resolve, reject) => {
    request(url, { agent }, (response) => {
      response.resume();
      const { statusCode: status, headers } = response;
      response.on('end', () => resolve({ status, connection: headers.connection }));
    })
      .on('error', reject)
      .end();
  });
}

describe('stopping', () => {
  it('lets a request in flight finish', async () => {
    let finish = () => {};
    let arrived = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const url = await listen((app) =>
      app.get('/slow', async () => {
        arrived();
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        return 'done';
      }),
    );
    const agent = new Agent({ keepAlive: true });
    const answer = get(`${url}/slow`, agent);
    await arrival;
    const stopping = server.stop();
    finish();
    expect(await answer).toEqual({ status: 200, connection: 'keep-alive' });
    // Not for as long as a connection may be idle.
    await stopping;
    agent.destroy();
    await expect(fetch(`${url}/health`)).rejects.toThrow();
  });

  it('answers what comes on a connection kept alive, and ends the connection', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const url = await listen(() => {});
    expect(await get(`${url}/health`, agent)).toEqual({ status: 200, connection: 'keep-alive' });
    const stopping = server.stop();
    expect(await get(`${url}/health`, agent)).toEqual({ status: 200, connection: 'close' });
    await stopping;
    agent.destroy();
  });
});
