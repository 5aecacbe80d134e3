import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { serverAudits } from 'graphql-http';
import { describe, expect, it } from 'vitest';
import { post } from '../../../testing/gateway.ts';
import { serveFilms } from '../../../testing/served.ts';

const served = serveFilms({ guard: { origins: ['https://tv.example'] } });

describe('GraphQL over HTTP', () => {
  it.each(
    serverAudits({ url: () => `${served.gateway.url()}/graphql` }).map(
      (audit) => [audit.id, audit.name, audit] as const,
    ),
  )('%s: %s', async (_id, name, audit) => {
    const result = await audit.fn();
    if (result.status === 'ok') return;
    // What a server MAY do it need not.
    expect(name.startsWith('MAY'), `${result.reason}`).toBe(true);
  });
});

const get = (params: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${served.gateway.url()}/graphql?${new URLSearchParams(params)}`, { headers });
const codeOf = (body: { errors: { extensions: { code: string } }[] }) => body.errors[0]?.extensions.code;

describe('requests', () => {
  it('are answered to GET when they are queries, with variables as JSON', async () => {
    const answer = await get({
      query: 'query T($id: ID!) { title(id: $id) { name } }',
      variables: '{"id":"5"}',
    });
    expect(await answer.json()).toEqual({ data: { title: { name: 'Title 5' } } });
    const mutation = await get({ query: 'mutation { rename(id: "1", name: "x") { id } }' });
    expect(mutation.status).toBe(405);
    expect(mutation.headers.get('allow')).toBe('POST');
  });

  it.each(['/graphql', '/graphql/stream'])('are refused at %s when they are compressed', async (path) => {
    const answer = await fetch(`${served.gateway.url()}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: gzipSync('{"query":"{ concurrency }"}'),
    });
    expect([answer.status, answer.headers.get('accept-encoding')]).toEqual([415, 'identity']);
    expect(codeOf((await answer.json()) as never)).toBe('BAD_REQUEST');
  });

  it('are refused in batches', async () => {
    const answer = await fetch(`${served.gateway.url()}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ query: '{ concurrency }' }]),
    });
    expect(answer.status).toBe(400);
    expect(codeOf((await answer.json()) as never)).toBe('BAD_REQUEST');
  });

  it('are refused from web pages that are not on the list', async () => {
    const query = '{ concurrency }';
    const foreign = await post(served.gateway.url(), query, {}, { origin: 'https://evil.example' });
    expect([foreign.status, codeOf(foreign.body)]).toEqual([403, 'CSRF_PREVENTED']);
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
    const listed = await post(served.gateway.url(), query, {}, { origin: 'https://tv.example' });
    expect(listed.body).toEqual({ data: { concurrency: 1 } });
    expect(listed.headers.get('access-control-allow-origin')).toBe('https://tv.example');
    const own = await post(served.gateway.url(), query, {}, { origin: served.gateway.url() });
    expect(own.status).toBe(200);
    expect((await rawGet('/graphql?query={concurrency}', { 'sec-fetch-site': 'cross-site' })).status).toBe(
      403,
    );
    expect((await rawGet('/graphql?query={concurrency}', { host: 'rebound.example' })).status).toBe(403);
    expect((await rawGet('/graphql?query={concurrency}', { host: 'localhost:4000' })).status).toBe(200);
    const form = await fetch(`${served.gateway.url()}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify({ query }),
    });
    expect(form.status).toBe(415);
  });

  it('may omit the document once it is known by its hash', async () => {
    const query = '{ title(id: "77") { name } }';
    const sha256Hash = createHash('sha256').update(query).digest('hex');
    const extensions = JSON.stringify({ persistedQuery: { version: 1, sha256Hash } });
    const unknown = await get({ extensions });
    expect([unknown.status, codeOf((await unknown.json()) as never)]).toEqual([
      200,
      'PERSISTED_QUERY_NOT_FOUND',
    ]);
    expect(await (await get({ query, extensions })).json()).toEqual({
      data: { title: { name: 'Title 77' } },
    });
    expect(await (await get({ extensions })).json()).toEqual({ data: { title: { name: 'Title 77' } } });
    const wrong = await get({ query: '{ concurrency }', extensions });
    expect(wrong.status).toBe(400);
  });

  it('keep their id, or get one', async () => {
    const given = await post(served.gateway.url(), '{ concurrency }', {}, { 'x-request-id': 'my-request.1' });
    expect(given.headers.get('x-request-id')).toBe('my-request.1');
    const made = await post(
      served.gateway.url(),
      '{ concurrency }',
      {},
      { 'x-request-id': 'no spaces allowed' },
    );
    expect(made.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('are answered compressed when long and the client takes that', async () => {
    const answer = await fetch(`${served.gateway.url()}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-encoding': 'gzip' },
      body: JSON.stringify({ query: '{ titles(first: 100) { name progress files { catalogId } } }' }),
    });
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    expect(((await answer.json()) as { data: { titles: [] } }).data.titles).toHaveLength(100);
  });

  it('are answered in no coding the client refuses, and say what they depend on to caches', async () => {
    const query = '{ titles(first: 100) { name progress } }';
    const origin = 'https://tv.example';
    const answer = await post(served.gateway.url(), query, {}, { origin, 'accept-encoding': 'br;q=0, gzip' });
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    expect(answer.headers.get('vary')).toBe('origin, accept-encoding');
  });

  it('get 401 when their credentials do not hold', async () => {
    const answer = await post(
      served.gateway.url(),
      '{ concurrency }',
      {},
      { authorization: 'Bearer nonsense' },
    );
    expect([answer.status, codeOf(answer.body)]).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('are counted by operation and subgraph', async () => {
    await post(served.gateway.url(), 'query CountMe { concurrency }');
    const metrics = await (await fetch(`${served.gateway.url()}/metrics`)).text();
    expect(metrics).toMatch(
      /gateway_operation_seconds_count\{[^}]*operation="CountMe",kind="query",errors="false"/,
    );
    expect(metrics).toMatch(
      /gateway_subgraph_fetch_seconds_count\{[^}]*subgraph="viewing",outcome="answered"/,
    );
  });
});

/** `fetch` does not let its caller set the headers that say where a request comes from. */
function rawGet(path: string, headers: Record<string, string>): Promise<{ status: number }> {
  return new Promise((resolve, reject) => {
    httpRequest(`${served.gateway.url()}${path}`, { headers }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0 });
    })
      .on('error', reject)
      .end();
  });
}
