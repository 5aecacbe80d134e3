import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, makeCertificate } from '@giggityflix/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { certificateKeeper } from '../../testing/certificate-keeper.ts';
import { storedAttempts } from './attempts.ts';

const DOMAIN = 'films.example.org';
const HOUR_MS = 3_600_000;

/** An authority that takes an account, and answers an order as it is told to. */
async function startRefusing(
  directory: string,
  answer: { status: number; body: string; retryAfter?: string },
) {
  const { cert, key, certPath } = makeCertificate(directory, 'authority');
  let orders = 0;
  const server: Server = createSecureServer({ cert, key }, (request, response) => {
    const at = (path: string) => `https://localhost:${(server.address() as AddressInfo).port}/${path}`;
    request.resume();
    response.setHeader('replay-nonce', 'nonce');
    if (request.url === '/directory')
      response.end(
        JSON.stringify({ newNonce: at('nonce'), newAccount: at('account'), newOrder: at('order') }),
      );
    else if (request.url === '/account') response.writeHead(201, { location: at('account/1') }).end('{}');
    else if (request.url === '/order') {
      orders += 1;
      const { status, body, retryAfter } = answer;
      response.writeHead(status, { ...(retryAfter && { 'retry-after': retryAfter }) }).end(body);
    } else response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    env: {
      ACME_DIRECTORY_URL: `https://localhost:${(server.address() as AddressInfo).port}/directory`,
      NODE_EXTRA_CA_CERTS: certPath,
    },
    orders: () => orders,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('an authority that gives no certificate', () => {
  let directory: string;
  let keeper: ReturnType<typeof certificateKeeper>;
  let stop: () => void = () => {};
  let httpPort: number;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'giggityflix-refusals-'));
    [httpPort] = (await freePorts(1)) as [number];
    keeper = certificateKeeper(directory, { ACME_HTTP_PORT: String(httpPort) });
  });
  afterEach(async () => {
    await keeper.stop();
    stop();
    stop = () => {};
    rmSync(directory, { recursive: true, force: true });
  });
  const refusing = async (answer: Parameters<typeof startRefusing>[1]) => {
    const authority = await startRefusing(directory, answer);
    stop = authority.stop;
    await keeper.start(DOMAIN, authority.env);
    return authority;
  };
  const said = (pattern: RegExp) => expect.poll(() => keeper.log(), { timeout: 30_000 }).toMatch(pattern);
  const attempts = () => storedAttempts(join(keeper.folder(DOMAIN), 'attempts.json')).read();
  /** It goes on: with something to serve with, and it answers. */
  const serves = async () => {
    expect(keeper.pair(DOMAIN)?.leaf.subject).toContain('not vouched for');
    const answer = await fetch(`http://127.0.0.1:${httpPort}/`, { redirect: 'manual' });
    expect(answer.status).toBe(308);
  };

  it('by a rate limit: says which, and is asked again when it wants to be', { timeout: 60_000 }, async () => {
    const detail = 'too many certificates (5) already issued for this exact set of identifiers';
    const authority = await refusing({
      status: 429,
      body: JSON.stringify({ type: 'urn:ietf:params:acme:error:rateLimited', detail }),
      retryAfter: String(50 * 3_600),
    });
    await said(
      /no certificate for films\.example\.org: too many certificates \(5\) already issued.*; the next/,
    );
    expect(authority.orders()).toBe(1);
    await serves();
    const { failures, lastAt, notBefore } = attempts();
    expect(failures).toBe(1);
    expect((notBefore ?? 0) - lastAt).toBeGreaterThan(49 * HOUR_MS);
    expect(keeper.log()).toContain(new Date(notBefore ?? 0).toISOString());
  });

  it.each([
    ['an answer that is no JSON', { status: 500, body: '<html>oops' }, /no certificate for films.*oops/],
    ['an overload without an end', { status: 503, body: '', retryAfter: 'soon' }, /answers with status 503/],
    [
      'a name it does not like',
      {
        status: 400,
        body: '{"type":"urn:ietf:params:acme:error:rejectedIdentifier","detail":"policy forbids it"}',
      },
      /policy forbids it/,
    ],
  ])('by %s', { timeout: 60_000 }, async (_what, answer, pattern) => {
    await refusing(answer);
    await said(pattern);
    await serves();
    expect(attempts().failures).toBe(1);
  });

  it('because nobody trusts it: says so', { timeout: 60_000 }, async () => {
    const authority = await startRefusing(directory, { status: 500, body: '' });
    stop = authority.stop;
    await keeper.start(DOMAIN, { ACME_DIRECTORY_URL: authority.env.ACME_DIRECTORY_URL });
    await said(/is not reached: .*self-signed certificate/);
    expect(attempts()).toEqual({ failures: 0, lastAt: 0 });
  });

  it('because the port it looks at is taken: says which variable to set', { timeout: 60_000 }, async () => {
    const other = createServer().listen(httpPort);
    stop = () => other.close();
    await keeper.start(DOMAIN, { ACME_DIRECTORY_URL: 'https://localhost:1/directory' });
    await said(/port \d+ for films.* cannot be had: .*in use.*Set ACME_HTTP_PORT/);
    expect(keeper.pair(DOMAIN)?.leaf.subject).toContain('not vouched for');
    expect(attempts()).toEqual({ failures: 0, lastAt: 0 });
  });
});
