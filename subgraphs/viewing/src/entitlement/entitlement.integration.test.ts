import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger, UnavailableError } from '@giggityflix/kernel';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEmbeddedEntitlement } from './entitlement.embedded.ts';
import { createHttpEntitlement } from './entitlement.http.ts';
import type { EntitlementProvider } from './entitlement.ts';

const request = { userId: 'anna', profileId: 'p1', catalogId: 'a'.repeat(64), region: 'US' };

describe('the embedded provider', () => {
  const accounts = {
    plans: { basic: { max_concurrent_streams: 2, regions: ['US'] }, free: {} },
    accounts: [
      { user_id: 'anna', plan: 'basic', profiles: ['p1'], status: 'active' as const },
      { user_id: 'ben', plan: 'basic', status: 'active' as const, max_concurrent_streams: 7 },
      { user_id: 'carl', plan: 'free', status: 'suspended' as const },
      { user_id: 'dora', plan: 'free', status: 'active' as const },
    ],
  };
  const provider = createEmbeddedEntitlement({ accounts, unknownAccounts: 'refuse' });

  it('checks accounts, profiles, plans and regions', async () => {
    expect(await provider.check(request)).toEqual({ entitled: true, maxConcurrentStreams: 2 });
    expect(await provider.check({ ...request, profileId: 'p2' })).toMatchObject({ entitled: false });
    expect(await provider.check({ ...request, region: 'FR' })).toMatchObject({ entitled: false });
    expect(await provider.check({ ...request, region: null })).toMatchObject({ entitled: false });
    expect(await provider.check({ ...request, userId: 'carl' })).toMatchObject({ entitled: false });
    expect(await provider.check({ ...request, userId: 'dora', region: null })).toEqual({
      entitled: true,
      maxConcurrentStreams: null,
    });
    expect(await provider.limitOf('ben')).toBe(7);
  });

  it('refuses unknown accounts, unless configured otherwise', async () => {
    const unknown = { ...request, userId: 'unknown' };
    expect(await provider.check(unknown)).toMatchObject({ entitled: false });
    const open = createEmbeddedEntitlement({ accounts, unknownAccounts: 'entitle' });
    expect(await open.check(unknown)).toEqual({ entitled: true, maxConcurrentStreams: null });
    expect(await open.check({ ...request, userId: 'carl' })).toMatchObject({ entitled: false });
  });
});

describe('the identity service', () => {
  let server: Server;
  let calls: { url: string; authorization: string | undefined; body: unknown }[];
  let answer: (call: number) => { status: number; body?: unknown } | 'hang';
  let provider: EntitlementProvider;
  const created: EntitlementProvider[] = [];
  const logger = createLogger({ service: 'test', level: 'silent' });

  beforeEach(async () => {
    calls = [];
    server = createServer(async (incoming, outgoing) => {
      let text = '';
      for await (const chunk of incoming) text += chunk;
      calls.push({
        url: incoming.url ?? '',
        authorization: incoming.headers.authorization,
        body: JSON.parse(text),
      });
      const reply = answer(calls.length);
      if (reply === 'hang') return;
      outgoing.writeHead(reply.status, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify(reply.body ?? {}));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    provider = providerWith('closed');
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await Promise.all(created.splice(0).map((each) => each.close()));
  });
  const providerWith = (whenUnavailable: 'closed' | 'open', timeoutMs = 20_000) => {
    const { port } = server.address() as AddressInfo;
    const upstream = { url: `http://127.0.0.1:${port}`, token: 'secret-of-viewing', timeoutMs };
    const each = createHttpEntitlement({ upstream, whenUnavailable, logger });
    created.push(each);
    return each;
  };

  it('is asked with the service’s own token, once for a burst', async () => {
    answer = () => ({ status: 200, body: { entitled: true, max_concurrent_streams: 6 } });
    const answers = await Promise.all(Array.from({ length: 20 }, () => provider.check(request)));
    expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(answers[0]).toEqual({ entitled: true, maxConcurrentStreams: 6 });
    expect(calls).toEqual([
      {
        url: '/api/entitlements/check',
        authorization: 'Bearer secret-of-viewing',
        body: { user_id: 'anna', profile_id: 'p1', content_id: 'a'.repeat(64), region: 'US' },
      },
    ]);
  });

  it('says no in its own words', async () => {
    answer = () => ({ status: 200, body: { entitled: false, reason: 'no plan' } });
    expect(await provider.check(request)).toEqual({ entitled: false, reason: 'no plan' });
    answer = () => ({ status: 403, body: {} });
    expect(await provider.check({ ...request, userId: 'ben' })).toEqual({
      entitled: false,
      reason: 'not entitled',
    });
  });

  it('is asked again after a failure', async () => {
    answer = (call) => (call === 1 ? { status: 500 } : { status: 200, body: { entitled: true } });
    expect(await provider.check(request)).toMatchObject({ entitled: true });
  });

  it('that hangs costs one time-out, and refuses by default', async () => {
    answer = () => 'hang';
    const impatient = providerWith('closed', 2_000);
    await expect(impatient.check(request)).rejects.toBeInstanceOf(UnavailableError);
    expect(calls).toHaveLength(1);
  });

  it('that is down is not called while the breaker is open, and the fallback is the configured one', async () => {
    answer = () => ({ status: 503 });
    const open = providerWith('open');
    const asked: number[] = [];
    for (let n = 0; n < 20; n += 1) {
      expect(await open.check({ ...request, userId: `user-${n}` })).toEqual({
        entitled: true,
        maxConcurrentStreams: null,
      });
      asked.push(calls.length);
    }
    expect(calls.length).toBeLessThan(10);
    expect(asked.at(-1)).toBe(asked.at(-5));
    for (let n = 0; n < 10; n += 1)
      await expect(provider.check({ ...request, userId: `user-${n}` })).rejects.toBeInstanceOf(
        UnavailableError,
      );
  });

  it('that answers with an invalid body counts as unavailable', async () => {
    answer = () => ({ status: 200, body: { entitled: 'yes' } });
    await expect(provider.check(request)).rejects.toBeInstanceOf(UnavailableError);
  });
});
