import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type RunningSubgraph, runSubgraph } from '../testing/subgraph.ts';

const TOKEN = 'the-service-token';

/** POSTs an operation; the answer's status and first error code. */
async function post(url: string, body: object, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
  return [response.status, errors?.[0]?.extensions.code];
}

describe('a subgraph in production', () => {
  let running: RunningSubgraph;
  beforeEach(async () => {
    running = await runSubgraph({
      expiresAt: null,
      callers: { serviceTokens: [TOKEN], production: true },
    });
  });
  afterEach(() => running.service.stop());

  it('answers the gateway for the client it asks for, and no client itself', async () => {
    const me = { query: '{ me }' };
    const client = { authorization: 'Bearer good' };
    expect(await post(running.url, me, { ...client, 'x-service-token': TOKEN })).toEqual([200, undefined]);
    expect(await post(running.url, me, { 'x-service-token': TOKEN })).toEqual([200, 'UNAUTHENTICATED']);
    expect(await post(running.url, me, client)).toEqual([403, 'FORBIDDEN']);
    expect(await post(running.url, me, { ...client, 'x-service-token': 'x' })).toEqual([403, 'FORBIDDEN']);
  });

  it('refuses a stranger before it has read the body', async () => {
    const request = httpRequest(running.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': '1000000' },
    });
    request.on('error', () => {});
    request.write('{');
    const [response] = await once(request, 'response');
    expect(response.statusCode).toBe(403);
    request.destroy();
  });

  it.each([
    [{}, 403],
    [{ 'x-service-token': 'wrong' }, 403],
    [{ 'x-service-token': TOKEN }, 101],
  ])('upgrades with the headers %o end with %i', async (headers, status) => {
    const socket = new WebSocket(running.url.replace('http', 'ws'), 'graphql-transport-ws', { headers });
    const answered = once(socket, 'open').then(
      () => 101,
      (error: Error) => Number(/\d+$/.exec(error.message)?.[0]),
    );
    expect(await answered).toBe(status);
    socket.on('error', () => {});
    socket.terminate();
  });
});

describe('documents', () => {
  let running: RunningSubgraph;
  beforeEach(async () => {
    running = await runSubgraph({
      expiresAt: null,
      callers: { serviceTokens: [TOKEN], production: false },
    });
  });
  afterEach(() => running.service.stop());

  const aliases = (count: number) =>
    `{${Array.from({ length: count }, (_v, n) => `a${n}: twice(n: ${n})`).join(' ')}}`;
  const hostile: [string, string][] = [
    ['84 kB of aliases', aliases(3_400)],
    ['one field 9,000 times', `{${'__typename '.repeat(9_000)}}`],
    ['one field in 9,000 inline fragments', `{${'...{__typename} '.repeat(9_000)}}`],
    [
      'fragments that each spread 200 others',
      `{...F0} ${Array.from({ length: 200 }, (_v, n) => `fragment F${n} on Query {${Array.from({ length: 200 }, (_w, m) => (m > n ? `...F${m} ` : '')).join('')}__typename}`).join(' ')}`,
    ],
    ['40 levels', `${'{a'.repeat(40)}${'}'.repeat(40)}`],
    ['pages of pages', '{ titles(first: 1000) { files(first: 1000) { id { x } } } }'],
    ['a page by a variable’s default', 'query($n: Int = 1000000) { titles(first: $n) { id } }'],
  ];

  it.each(hostile)('of anyone are within limits: %s', async (_name, query) => {
    expect(await post(running.url, { query })).toEqual([400, 'OPERATION_TOO_COMPLEX']);
  });

  it.each(hostile)('on a socket, too: %s', async (_name, query) => {
    const socket = new WebSocket(running.url.replace('http', 'ws'), 'graphql-transport-ws');
    await once(socket, 'open');
    const next = async () => JSON.parse(String((await once(socket, 'message'))[0]));
    socket.send('{"type":"connection_init"}');
    await next();
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
    expect(await next()).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'OPERATION_TOO_COMPLEX' } }],
    });
    socket.terminate();
  });

  it('of the gateway, which has measured its clients’, may be the largest of its plans', async () => {
    const query = aliases(1_500);
    expect(await post(running.url, { query }, { 'x-service-token': TOKEN })).toEqual([200, undefined]);
    expect(await post(running.url, { query: aliases(5_001) }, { 'x-service-token': TOKEN })).toEqual([
      400,
      'OPERATION_TOO_COMPLEX',
    ]);
  });
});
