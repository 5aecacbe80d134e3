import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { samplesShared, startStack, type TestStack } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let stack: TestStack;
beforeAll(async () => {
  stack = await startStack();
  await samplesShared(stack);
});
afterAll(() => stack?.dispose());

/** The listeners of `npm start` that speak HTTP, and what each of them does for those it trusts. */
const LISTENERS = {
  GATEWAY_PORT: [
    'GET /health',
    'GET /ready',
    'GET /',
    'GET /graphiql/',
    'POST /graphql',
    'GET /graphql?query={__typename}',
    'POST /graphql/stream',
  ],
  TRACKER_PORT: [
    'GET /health',
    'GET /metrics',
    'GET /',
    'GET /all_trackers',
    'POST /add?filename=a&hash=b',
    'POST /peer_offline',
    'POST /graphql',
  ],
  VIEWING_PORT: [
    'GET /health',
    'GET /metrics',
    'GET /api/concurrency/demo',
    'POST /api/playback/session',
    'DELETE /api/playback/session/x/terminate',
    'POST /graphql',
  ],
  CATALOG_PORT: ['GET /health', 'GET /metrics', 'POST /graphql'],
  EDGE_HTTP_PORT: ['GET /health', 'GET /ready', 'GET /metrics'],
  MATCHMAKER_HTTP_PORT: ['GET /health', 'GET /ready', 'GET /metrics'],
  PEER_HTTP_PORT: ['GET /health', 'GET /', 'GET /api/status', 'GET /api/titles', 'GET /metrics'],
} as const;
const ROUTES = Object.entries(LISTENERS).flatMap(([port, routes]) =>
  routes.map((route) => [port as keyof typeof LISTENERS, ...(route.split(' ') as [string, string])] as const),
);
const SOCKETS = ['GATEWAY_PORT', 'TRACKER_PORT', 'VIEWING_PORT', 'CATALOG_PORT'] as const;

const send = async (
  port: keyof typeof LISTENERS,
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<number> => {
  const body = method === 'POST' ? '{"query":"{ __typename }"}' : undefined;
  const sent = request({ port: stack.ports[port], host: '127.0.0.1', method, path, headers });
  sent.end(body);
  return statusOf(sent);
};
const upgrade = (port: keyof typeof LISTENERS, headers: Record<string, string>): Promise<number> => {
  const sent = request({
    port: stack.ports[port],
    host: '127.0.0.1',
    path: '/graphql',
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-protocol': 'graphql-transport-ws',
      ...headers,
    },
  });
  sent.end();
  return statusOf(sent);
};

/** Of an answer or of an upgrade. */
async function statusOf(sent: ClientRequest): Promise<number> {
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve).on('error', reject);
    sent.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve(response);
    });
  });
  const response = await answer;
  response.resume();
  if (response.statusCode !== 101) await once(response, 'end');
  return response.statusCode ?? 0;
}

/** What a page makes a browser send, with a type that needs no preflight request. */
const FOREIGN = {
  'a page of another site': { origin: 'http://evil.example', 'content-type': 'text/plain' },
  'a page of another port of this machine': { origin: 'http://localhost:1', 'content-type': 'text/plain' },
  'a sandboxed frame': { origin: 'null', 'content-type': 'application/json' },
  'an element of a page, without an origin': { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
  'a page whose name resolves here': { host: 'evil.example', 'content-type': 'application/json' },
  'such a page, which is of the same origin now': {
    host: 'evil.example:8000',
    origin: 'http://evil.example:8000',
    'sec-fetch-site': 'same-origin',
  },
} as const;

describe.each(Object.entries(FOREIGN))('%s', (_what, headers) => {
  it.each(ROUTES)('is refused at %s %s %s', async (port, method, path) => {
    expect([403, 421]).toContain(await send(port, method, path, headers));
  });

  it.each(SOCKETS)('opens no socket at %s', async (port) => {
    expect([403, 421]).toContain(await upgrade(port, headers));
  });
});

describe('who means no harm', () => {
  it.each(ROUTES)('a program is answered at %s %s %s', async (port, method, path) => {
    for (const host of [`localhost:${stack.ports[port]}`, `127.0.0.1:${stack.ports[port]}`])
      expect([403, 421]).not.toContain(
        await send(port, method, path, { host, 'content-type': 'application/json' }),
      );
  });

  it.each(SOCKETS)('a program opens a socket at %s', async (port) => {
    expect(await upgrade(port, {})).toBe(101);
    const own = `localhost:${stack.ports[port]}`;
    expect(await upgrade(port, { host: own, origin: `http://${own}` })).toBe(101);
  });
});
