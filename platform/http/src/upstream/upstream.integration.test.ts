import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createUpstream, type Upstream, type UpstreamOptions } from './upstream.ts';

let server: Server;
let upstream: Upstream;
let respond: (response: ServerResponse, attempt: number) => void;
let paths: string[];
let states: string[];

const upstreamOf = (options: Partial<UpstreamOptions> = {}) =>
  createUpstream({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/own?x=1`,
    timeoutMs: 5_000,
    connections: 4,
    maxAnswerBytes: 1_000,
    breaker: { failures: 3, openMs: 60_000 },
    retry: { most: 2, delayMs: 0, budget: { ratio: 0, reserve: 2, most: 2 } },
    isFailure: (status) => status >= 500,
    onState: (state) => states.push(state),
    ...options,
  });
const request = { body: '{}', headers: {}, idempotent: true };
const status = (code: number) => (response: ServerResponse) => void response.writeHead(code).end('text');

beforeEach(async () => {
  paths = [];
  states = [];
  server = createServer((incoming, response) => {
    paths.push(incoming.url!);
    respond(response, paths.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await upstream.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('an upstream', () => {
  it('is asked at its own path, or another of the same origin', async () => {
    respond = status(200);
    upstream = upstreamOf();
    expect(await upstream.post(request)).toMatchObject({
      kind: 'answered',
      answer: { status: 200, text: 'text' },
    });
    await upstream.post({ ...request, path: '/other' });
    expect(paths).toEqual(['/own?x=1', '/other']);
  });

  it('that fails is asked again', async () => {
    respond = (response, attempt) => status(attempt === 1 ? 503 : 200)(response);
    upstream = upstreamOf();
    let retries = 0;
    const outcome = await upstream.post({ ...request, onRetry: () => void retries++ });
    expect([outcome.kind, retries, paths.length]).toEqual(['answered', 1, 2]);
  });

  it('is not asked again for what it may have begun', async () => {
    respond = status(503);
    upstream = upstreamOf();
    expect((await upstream.post({ ...request, idempotent: false })).kind).toBe('failed');
    expect(paths).toHaveLength(1);
  });

  it('is asked again only within the budget of all requests', async () => {
    respond = status(500);
    upstream = upstreamOf({ breaker: { failures: 100, openMs: 60_000 } });
    for (let n = 0; n < 3; n++) await upstream.post(request);
    expect(paths).toHaveLength(5);
  });

  it('is left alone once the breaker is open, but for a probe', async () => {
    respond = status(500);
    upstream = upstreamOf();
    expect((await upstream.post(request)).kind).toBe('failed');
    expect(await upstream.post(request)).toEqual({ kind: 'refused' });
    expect([paths.length, states]).toEqual([3, ['open']]);
    expect((await upstream.probe(request)).status).toBe(500);
  });

  it('that trickles has failed once the whole exchange takes too long, and is not asked again', async () => {
    respond = (response) => {
      const trickle = setInterval(() => response.write(' '), 10);
      response.once('close', () => clearInterval(trickle));
    };
    upstream = upstreamOf({ exchangeMs: 100 });
    expect(await upstream.post(request)).toMatchObject({
      kind: 'failed',
      error: { sent: true, timedOut: true },
    });
    expect(paths).toHaveLength(1);
  });

  it.each([301, 302, 307, 308])('that redirects with %i is asked at the other path', async (code) => {
    respond = (response, attempt) =>
      attempt === 1 ? void response.writeHead(code, { location: '/own/?x=1' }).end() : status(200)(response);
    upstream = upstreamOf();
    expect(await upstream.post({ ...request, idempotent: false })).toMatchObject({
      kind: 'answered',
      answer: { status: 200 },
    });
    expect(paths).toEqual(['/own?x=1', '/own/?x=1']);
  });

  it.each([
    ['to another server', 'http://evil.example/', 1],
    ['again and again', '/own', 4],
  ])('that redirects %s has failed, and is asked no more', async (how, location, times) => {
    respond = (response) => void response.writeHead(307, { location }).end();
    upstream = upstreamOf();
    expect(await upstream.post(request)).toMatchObject({
      kind: 'failed',
      error: { message: `it redirects ${how}`, final: true },
    });
    expect(paths).toHaveLength(times);
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['identity', Buffer.from],
  ] as const)('may answer in %s, and with a byte-order mark', async (encoding, encode) => {
    respond = (response) =>
      void response.writeHead(200, { 'content-encoding': encoding }).end(encode(Buffer.from('\uFEFFtext')));
    upstream = upstreamOf();
    expect(await upstream.post(request)).toMatchObject({ kind: 'answered', answer: { text: 'text' } });
  });

  it('whose compressed answer is larger than may be, or in no known encoding, has failed', async () => {
    respond = (response, attempt) =>
      attempt === 1
        ? void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(1_001)))
        : void response.writeHead(200, { 'content-encoding': 'lzw' }).end('x');
    upstream = upstreamOf();
    expect(await upstream.post(request)).toMatchObject({
      kind: 'failed',
      error: { message: 'its answer is larger than 1000 bytes', final: true },
    });
    expect(await upstream.post(request)).toMatchObject({
      kind: 'failed',
      error: { message: 'its answer is in an unknown encoding', final: true },
    });
    expect(paths).toHaveLength(2);
  });

  it('that fails with an answer gives that answer', async () => {
    respond = status(503);
    upstream = upstreamOf({ retry: { most: 0, delayMs: 0, budget: { ratio: 0, reserve: 0, most: 0 } } });
    expect(await upstream.post(request)).toMatchObject({
      kind: 'failed',
      error: { answer: { status: 503, text: 'text' } },
    });
  });

  it('that says too much is not asked again, and not left alone for it', async () => {
    respond = (response) => void response.end('x'.repeat(1_001));
    upstream = upstreamOf();
    for (let n = 0; n < 4; n++) expect((await upstream.post(request)).kind).toBe('failed');
    expect([paths.length, states]).toEqual([4, []]);
  });

  it('that says too much has failed', async () => {
    respond = (response) => void response.end('x'.repeat(1_001));
    upstream = upstreamOf();
    expect(await upstream.post({ ...request, idempotent: false })).toMatchObject({
      kind: 'failed',
      error: { cause: { code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE' } },
    });
  });
});
