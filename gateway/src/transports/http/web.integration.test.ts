import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { createLogger } from '@giggityflix/kernel';
import { createMetrics } from '@giggityflix/telemetry';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { testConfig } from '../../../testing/gateway.ts';
import { startSubgraph } from '../../../testing/subgraph.ts';
import type { GatewayConfig } from '../../environment.ts';
import { createGateway, type Gateway } from '../../service.ts';

const SIGN_IN = {
  issuer: 'https://login.example/realm',
  clientId: 'viewer',
  scope: 'openid',
  resource: null,
  origins: ['https://tokens.example'],
};

let root: string;
let catalog: Server;
let gateway: Gateway;
let bare: Gateway;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'web-'));
  mkdirSync(join(root, 'graphiql'));
  mkdirSync(join(root, 'ass'));
  for (const [path, content] of Object.entries({
    'index.html': '<p>viewer</p>',
    'app-ABCD1234.js': 'app()',
    'app-ABCD1234.js.br': brotliCompressSync('app()'),
    'app-ABCD1234.js.gz': gzipSync('app()'),
    'style-ABCD1234.css': 'p {}',
    'style-ABCD1234.css.gz': gzipSync('p {}'),
    'sw.js': 'worker()',
    'ass/ass-worker-ABCD1234.js': 'draw()',
    'graphiql/index.html': '<p>graphiql</p>',
    'graphiql/font-ABCD1234.woff2': 'font',
    '.stamp': 'secret',
  }))
    writeFileSync(join(root, path), content);
  const types: Record<string, string> = { html: 'text/html', svg: 'image/svg+xml' };
  catalog = createServer((request, response) => {
    response.writeHead(request.headers['if-none-match'] === '"1"' ? 304 : 200, {
      'content-type': types[request.url?.split('.').at(-1) ?? ''] ?? 'image/jpeg',
      etag: '"1"',
      'set-cookie': 'a=b',
    });
    response.end(`${request.url} ${request.headers.authorization ?? 'nobody'}`);
  });
  await new Promise<void>((resolve) => catalog.listen(0, '127.0.0.1', resolve));
  const artworkUrl = `http://127.0.0.1:${(catalog.address() as AddressInfo).port}`;
  gateway = await open({ root, graphiql: true, signIn: SIGN_IN, artworkUrl });
  bare = await open({ root: null, graphiql: false, signIn: null, artworkUrl: 'http://127.0.0.1:1' });
});
afterAll(async () => {
  await gateway?.stop();
  await bare?.stop();
  catalog?.close();
  rmSync(root, { recursive: true });
});

async function open(web: GatewayConfig['web']): Promise<Gateway> {
  const one = createGateway(testConfig([], { web }), {
    logger: createLogger({ service: 'gateway', level: 'silent' }),
    metrics: createMetrics('gateway', { processMetrics: false }),
  });
  await one.start();
  return one;
}

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${gateway.url()}${path}`, { headers, redirect: 'manual' });

describe('pages', () => {
  it('are the viewer and GraphiQL, with scripts of nobody else', async () => {
    const viewer = await get('/');
    expect(await viewer.text()).toBe('<p>viewer</p>');
    expect(viewer.headers.get('content-type')).toMatch(/^text\/html/);
    expect(viewer.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(viewer.headers.get('cache-control')).toBe('no-cache');
    expect(viewer.headers.get('content-security-policy')).not.toContain('wasm');
    expect((await get('/graphiql')).headers.get('location')).toBe('/graphiql/');
    expect(await (await get('/graphiql/')).text()).toBe('<p>graphiql</p>');
  });

  it('let the worker serve the whole site, and keep what never changes', async () => {
    const worker = await get('/sw.js');
    expect(worker.headers.get('service-worker-allowed')).toBe('/');
    expect(worker.headers.get('content-type')).toMatch(/javascript/);
    expect(worker.headers.get('cache-control')).toBe('no-cache');
    expect((await get('/graphiql/font-ABCD1234.woff2')).headers.get('cache-control')).toMatch(/immutable/);
  });

  it('are asked for again only where they may have changed, and sent only where they have', async () => {
    const first = await get('/');
    const again = await get('/', {
      'if-none-match': first.headers.get('etag')!,
      // In place of the "no-cache" that fetch adds.
      'cache-control': 'max-age=0',
    });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const script = await get('/app-ABCD1234.js');
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  it.each([
    ['br, gzip', '/app-ABCD1234.js', 'br'],
    ['gzip', '/app-ABCD1234.js', 'gzip'],
    ['br, gzip', '/style-ABCD1234.css', 'gzip'],
    ['br', '/style-ABCD1234.css', null],
    ['identity', '/app-ABCD1234.js', null],
  ])('come as the build compressed them to who takes %s: %s', async (accepted, path, encoding) => {
    const answer = await get(path, { 'accept-encoding': accepted });
    expect(answer.headers.get('content-encoding')).toBe(encoding);
    expect(answer.headers.get('vary')).toMatch(/accept-encoding/i);
    expect(answer.headers.get('cache-control')).toMatch(/immutable/);
    expect(answer.headers.get('content-type')).toMatch(path.endsWith('.css') ? /^text\/css/ : /javascript/);
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(await answer.text()).toBe(path.endsWith('.css') ? 'p {}' : 'app()');
  });

  it('let WebAssembly be compiled in the worker that draws subtitles alone', async () => {
    const worker = await get('/ass/ass-worker-ABCD1234.js');
    expect(worker.status).toBe(200);
    expect(worker.headers.get('content-security-policy')).toContain("script-src 'self' 'wasm-unsafe-eval';");
  });

  it('are nothing else of the disk', async () => {
    for (const path of ['/.stamp', '/../package.json', '/%2e%2e/package.json', '/none.js'])
      expect((await get(path)).status, path).toBeGreaterThanOrEqual(400);
  });

  it('are missing with a word about why', async () => {
    expect(await (await fetch(bare.url())).text()).toMatch(/GraphQL is at \/graphql/);
    expect((await fetch(`${bare.url()}/graphiql`)).status).toBe(404);
  });
});

describe('signing in', () => {
  it('is offered where the gateway says, and the page may talk to that provider alone', async () => {
    const { issuer, clientId, scope, resource } = SIGN_IN;
    expect(await (await get('/sign-in.json')).json()).toEqual({
      signIn: { issuer, clientId, scope, resource },
    });
    const policy = (await get('/')).headers.get('content-security-policy');
    expect(policy).toContain("connect-src 'self' https://login.example https://tokens.example;");
    const graphiql = (await get('/graphiql/')).headers.get('content-security-policy');
    expect(graphiql).toContain("connect-src 'self';");
  });
});

describe('pictures', () => {
  it('come from the catalog, which learns nothing of who asks', async () => {
    const picture = await get('/artwork/abc/1.jpg', { authorization: 'Bearer secret' });
    expect(await picture.text()).toBe('/artwork/abc/1.jpg nobody');
    expect(picture.headers.get('content-type')).toBe('image/jpeg');
    expect(picture.headers.get('set-cookie')).toBeNull();
    expect((await get('/artwork/abc/1.jpg', { 'if-none-match': '"1"' })).status).toBe(304);
  });

  it('are nothing else than pictures, and nothing that may do anything', async () => {
    const picture = await get('/artwork/abc/1.jpg');
    expect(picture.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    expect(picture.headers.get('x-content-type-options')).toBe('nosniff');
    for (const name of ['page.html', 'drawing.svg']) {
      const answer = await get(`/artwork/abc/${name}`);
      expect(answer.status).toBe(502);
      expect(await answer.text()).not.toContain(name);
    }
  });

  it('are a problem of the gateway when the catalog is unavailable', async () => {
    const answer = await fetch(`${bare.url()}/artwork/abc/1.jpg`);
    expect(answer.status).toBe(502);
    expect(answer.headers.get('content-type')).toMatch(/problem\+json/);
  });
});

it('without subgraphs the gateway lives, and says that it is not ready', async () => {
  expect((await get('/health')).status).toBe(200);
  expect((await get('/ready')).status).toBe(503);
  const answer = await fetch(`${gateway.url()}/graphql?query={__typename}`);
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
});

describe('streams before there is a schema', () => {
  const events = 'subscription { anything }';

  it.each([
    ['server-sent events', `/graphql/stream?query=${encodeURIComponent(events)}`, 'text/event-stream'],
    ['multipart', `/graphql?query=${encodeURIComponent(events)}`, 'multipart/mixed;subscriptionSpec=1.0'],
  ])('are refused as %s, for their clients to come again', async (_, path, accept) => {
    const answer = await get(path, { accept });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_READY' } }] });
  });

  it('are refused as WebSockets', async () => {
    const socket = new WebSocket(`${gateway.url().replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    socket.on('error', () => {});
    const status = await new Promise((resolve) => {
      socket.once('unexpected-response', (_request, { statusCode, headers }) =>
        resolve([statusCode, headers['retry-after']]),
      );
      socket.once('open', () => resolve('open'));
    });
    socket.terminate();
    expect(status).toEqual([503, '1']);
  });

  it('begin once there is one, for a client that came before', async () => {
    const films = await startSubgraph({
      name: 'films',
      sdl: 'type Query { film: String }',
      resolvers: { Query: { film: () => 'one' } },
    });
    let isUp = false;
    const door = createServer(async (request, response) => {
      if (!isUp) return response.writeHead(503).end();
      const { method, headers } = request;
      const body = await buffer(request);
      const answer = await fetch(films.url, {
        method: method ?? 'POST',
        headers: { 'content-type': headers['content-type'] ?? 'application/json' },
        body,
      });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
    });
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(door.address() as AddressInfo).port}/graphql`;
    const late = createGateway(testConfig([{ name: 'films', url }]), {
      logger: createLogger({ service: 'gateway', level: 'silent' }),
      metrics: createMetrics('gateway', { processMetrics: false }),
    });
    await late.start();
    let refusals = 0;
    const client = createClient({
      url: `${late.url().replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => true,
      retryWait: async () => {
        refusals += 1;
        await new Promise((resolve) => setImmediate(resolve));
      },
    });
    const first = client.iterate({ query: '{ film }' }).next();
    await expect.poll(() => refusals).toBeGreaterThan(1);
    isUp = true;
    expect((await first).value).toEqual({ data: { film: 'one' } });
    await client.dispose();
    await late.stop();
    door.closeAllConnections();
    await new Promise((resolve) => door.close(resolve));
    await films.stop();
  });
});
