import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SERVICE_TOKEN, startIdentity, type TestIdentity } from '../../testing/harness.ts';
import { newAccount } from '../../testing/people.ts';

const folder = mkdtempSync(join(tmpdir(), 'identity-plans-'));
let identity: TestIdentity;
beforeAll(async () => {
  const path = join(folder, 'plans.json');
  writeFileSync(path, JSON.stringify({ family: { max_concurrent_streams: 6, regions: ['US'] }, free: {} }));
  identity = await startIdentity({ PLANS_PATH: path });
});
afterAll(async () => {
  await identity.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function ask(path: string, body: unknown, token: string | null = SERVICE_TOKEN) {
  const response = await fetch(`${identity.issuer}/api/entitlements/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const check = async (user_id: string, region: string | null = 'US') =>
  (await ask('check', { user_id, profile_id: 'p', content_id: 'c', region })).body;
const limit = async (user_id: string) => (await ask('limits', { user_id })).body;

describe('entitlements', () => {
  it('are those of the plan, or of the one who asks where it says nothing', async () => {
    const [family, free, none] = [
      await newAccount(identity.stores, { plan: 'family' }),
      await newAccount(identity.stores, { plan: 'free' }),
      await newAccount(identity.stores),
    ];
    expect(await check(family.id)).toEqual({ entitled: true, max_concurrent_streams: 6, until: null });
    expect(await limit(family.id)).toEqual({ max_concurrent_streams: 6 });
    for (const { id } of [free, none]) {
      expect(await check(id, null)).toEqual({ entitled: true, max_concurrent_streams: null, until: null });
      expect(await limit(id)).toEqual({ max_concurrent_streams: null });
    }
    expect(await check(family.id, 'DE')).toEqual({
      entitled: false,
      reason: 'the plan does not cover the region DE',
    });
    expect(await check(family.id, null)).toMatchObject({ entitled: false });
  });

  it('end with the account, when it is limited, and with a plan that is not offered', async () => {
    const { id } = await newAccount(identity.stores, { plan: 'gone' });
    expect(await check(id)).toEqual({ entitled: false, reason: 'the plan of the account is not offered' });
    for (const state of ['limited', 'closed'] as const) {
      await identity.access.changeAccount({ id, change: { state }, by: 'x', address: '127.0.0.1' });
      expect(await check(id)).toEqual({ entitled: false, reason: `the account is ${state}` });
      expect(await limit(id)).toEqual({ max_concurrent_streams: 0 });
    }
    for (const unknown of ['nobody', '__proto__', 'x'.repeat(999)])
      expect(await check(unknown)).toEqual({ entitled: false, reason: 'there is no such account' });
  });

  it('are asked of the catalog for those who are limited, and refused while it cannot be asked', async () => {
    const questions: unknown[] = [];
    let isThere = true;
    const catalog = createServer(async (request, response) => {
      const body = await json(request);
      questions.push([request.url, request.headers.authorization, body]);
      response.writeHead(isThere ? 200 : 503, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ allowed: isThere ? ['film'] : [] }));
    });
    await new Promise<void>((resolve) => catalog.listen(0, '127.0.0.1', resolve));
    const { port } = catalog.address() as AddressInfo;
    const other = await startIdentity({
      CATALOG_SERVICE_URL: `http://127.0.0.1:${port}`,
      SERVICE_TOKEN: 'of-identity',
    });
    const entitled = async (id: string, content_id: string) => {
      const response = await fetch(`${other.issuer}/api/entitlements/check`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${SERVICE_TOKEN}` },
        body: JSON.stringify({ user_id: id, profile_id: null, content_id }),
      });
      return ((await response.json()) as { entitled: boolean }).entitled;
    };
    try {
      const limited = await newAccount(other.stores, { libraries: ['kids'] });
      const free = await newAccount(other.stores);
      expect(await entitled(free.id, 'secret')).toBe(true);
      expect(questions).toEqual([]);
      expect(await entitled(limited.id, 'film')).toBe(true);
      expect(await entitled(limited.id, 'secret')).toBe(false);
      expect(questions).toEqual(
        ['film', 'secret'].map((id) => [
          '/api/access/check',
          'Bearer of-identity',
          { catalog_ids: [id], libraries: ['kids'], rating_limit: null },
        ]),
      );
      isThere = false;
      expect(await entitled(limited.id, 'another')).toBe(false);
      expect(await entitled(free.id, 'another')).toBe(true);
    } finally {
      await other.dispose();
      catalog.close();
    }
  });

  it('are for backends, and bad questions have a clear answer', async () => {
    for (const token of [null, 'another-token-of-tests'])
      expect((await ask('check', { user_id: 'a' }, token)).status).toBe(401);
    for (const body of [
      '',
      '{',
      '[]',
      '{}',
      { user_id: 7 },
      { user_id: 'x'.repeat(10_000) },
      { user_id: 'a', region: 'us' },
    ])
      expect((await ask('check', body)).status, JSON.stringify(body)).toBe(400);
    expect((await ask('limits', {})).body).toMatchObject({
      status: 400,
      detail: expect.stringContaining('user_id'),
    });
  });
});
