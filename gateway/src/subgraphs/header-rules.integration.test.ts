import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { post, startGateway, testConfig } from '../../testing/gateway.ts';
import type { Gateway } from '../service.ts';
import { headerRules } from './header-rules.ts';

/** Answers each of its fields with the tenant it was sent, once `held` lets it. */
function subgraph(field: string, seen: IncomingHttpHeaders[]): Server {
  return createServer(async (request, response) => {
    const { query } = (await json(request)) as { query: string };
    const isSchema = query.includes('_service');
    if (!isSchema && query.includes(field)) {
      seen.push(request.headers);
      await held;
    }
    const tenant = request.headers['x-tenant'] ?? 'none';
    const data = isSchema
      ? { _service: { sdl: `type Query { ${field}: String }` } }
      : { __typename: 'Query', [field]: tenant };
    response.setHeader('cache-control', 'public, max-age=60');
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ data }));
  });
}

let held = Promise.resolve();
const seen: Record<'own' | 'other', IncomingHttpHeaders[]> = { own: [], other: [] };
const servers = { own: subgraph('own', seen.own), other: subgraph('other', seen.other) };
let gateway: Gateway;
let plain: Gateway;
beforeAll(async () => {
  const addresses = [];
  for (const [name, server] of Object.entries(servers)) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    addresses.push({ name, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql` });
  }
  const config = testConfig(addresses);
  const headers = headerRules.parse({
    own: [{ propagate: { named: 'x-tenant' } }, { insert: { name: 'x-from', value: 'gateway' } }],
    other: [{ propagate: { matching: 'x-.*' } }, { remove: { named: 'x-tenant' } }],
  });
  gateway = await startGateway({ ...config, supergraph: { ...config.supergraph, headers } });
  plain = await startGateway(config);
});
afterAll(async () => {
  await gateway?.stop();
  await plain?.stop();
  for (const server of Object.values(servers)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
beforeEach(() => {
  held = Promise.resolve();
  for (const one of Object.values(seen)) one.length = 0;
});

const CLIENT = { 'x-tenant': 'a', 'x-mode': 'test', 'x-service-token': 'forged', cookie: 'a=b' };

it('subgraphs are sent what their rules say, and the gateway’s own headers all the same', async () => {
  const { body } = await post(gateway.url(), '{ own other }', {}, { ...CLIENT, 'x-request-id': 'r1' });
  expect(body.data).toEqual({ own: 'a', other: 'none' });
  expect(seen.own[0]).toMatchObject({ 'x-tenant': 'a', 'x-from': 'gateway', 'x-request-id': 'r1' });
  expect(seen.other[0]).toMatchObject({ 'x-mode': 'test', 'x-request-id': 'r1' });
  for (const name of ['x-mode', 'x-service-token', 'cookie']) expect(seen.own[0]).not.toHaveProperty(name);
  for (const name of ['x-tenant', 'x-from', 'x-service-token', 'cookie'])
    expect(seen.other[0]).not.toHaveProperty(name);
});

it('one tenant never gets what was fetched for another, though they ask at the same time', async () => {
  let release = () => {};
  held = new Promise((resolve) => {
    release = resolve;
  });
  const asked = ['a', 'b', 'a'].map((tenant) => post(gateway.url(), '{ own }', {}, { 'x-tenant': tenant }));
  await expect.poll(() => seen.own.length, { timeout: 20_000 }).toBeGreaterThan(1);
  release();
  const answers = await Promise.all(asked);
  expect(answers.map(({ body }) => body.data.own)).toEqual(['a', 'b', 'a']);
});

it('answers are for no cache where headers decide what is in them', async () => {
  const cacheControl = async (to: Gateway) =>
    (await fetch(`${to.url()}/graphql?query={own}`)).headers.get('cache-control');
  expect(await cacheControl(gateway)).toBe('no-store');
  expect(await cacheControl(plain)).toContain('max-age=60');
});

it('sockets have the headers of their handshake', async () => {
  class Tenant extends WebSocket {
    constructor(url: string, protocols: string) {
      super(url, protocols, { headers: { 'x-tenant': 'c' } });
    }
  }
  const client = createClient({
    url: `${gateway.url().replace('http', 'ws')}/graphql`,
    webSocketImpl: Tenant,
  });
  const { value } = await client.iterate({ query: '{ own }' }).next();
  expect(value).toEqual({ data: { own: 'c' } });
  await client.dispose();
});
