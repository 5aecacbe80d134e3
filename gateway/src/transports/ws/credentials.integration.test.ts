import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Bus, createBus, resolveTopics } from '@giggityflix/bus';
import type { AuthConfig } from '@giggityflix/http';
import { createLogger } from '@giggityflix/kernel';
import { createClient } from 'graphql-ws';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { post, startGateway, testConfig } from '../../../testing/gateway.ts';
import { DEMO_AUTH, startSubgraph, type TestSubgraph } from '../../../testing/subgraph.ts';
import type { Gateway } from '../../service.ts';

let directory: string;
let subgraph: TestSubgraph;
let gateway: Gateway;
let sign: (expiresAt: number, claims?: Record<string, unknown>) => Promise<string>;
let bus: Bus;
let gatewayKeys: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keys-'));
  const { privateKey, publicKey } = await generateKeyPair('EdDSA');
  const path = join(directory, 'jwks.json');
  writeFileSync(
    path,
    JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), alg: 'EdDSA', kid: '1' }] }),
  );
  sign = (expiresAt, claims = {}) =>
    new SignJWT({ roles: ['viewer'], ...claims })
      .setProtectedHeader({ alg: 'EdDSA', kid: '1' })
      .setSubject('ann')
      .setIssuer('giggityflix')
      .setAudience('giggityflix')
      .setExpirationTime(expiresAt)
      .sign(privateKey);
  gatewayKeys = pathToFileURL(path).href;
  const auth: AuthConfig = { ...DEMO_AUTH, mode: 'jwt', jwksUrl: gatewayKeys };
  subgraph = await startSubgraph({
    name: 'one',
    auth,
    sdl: 'type Query { whoAmI: String } type Subscription { name: String }',
    resolvers: {
      Query: { whoAmI: (_: unknown, __: unknown, context: Context) => context.identity?.userId ?? null },
      Subscription: {
        name: {
          async *subscribe(_: unknown, __: unknown, context: Context) {
            yield { name: context.identity?.userId ?? null };
            await new Promise(() => {});
          },
        },
      },
    },
  });
  bus = await createBus({
    config: { kind: 'embedded', path: join(directory, 'bus.sqlite') },
    clientId: 'test',
    logger: createLogger({ service: 'test', level: 'silent' }),
  });
  await bus.start();
  gateway = await startGateway({ ...testConfig([subgraph]), auth }, { bus });
});
afterAll(async () => {
  await gateway?.stop();
  await subgraph?.stop();
  await bus?.stop();
  await rm(directory, { recursive: true });
});

interface Context {
  identity: { userId: string } | null;
}
const seconds = () => Math.floor(Date.now() / 1_000);

it('the bearer travels on to the subgraphs, which know who asks', async () => {
  const authorization = `Bearer ${await sign(seconds() + 60)}`;
  expect((await post(gateway.url(), '{ whoAmI }', {}, { authorization })).body).toEqual({
    data: { whoAmI: 'ann' },
  });
  expect((await post(gateway.url(), '{ whoAmI }')).body).toEqual({ data: { whoAmI: null } });
});

it('a socket does not outlive the credentials it came with', async () => {
  let expiresAt = seconds() + 3;
  const events: unknown[] = [];
  const closed: number[] = [];
  const client = createClient({
    url: `${gateway.url().replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: async () => ({ authorization: `Bearer ${await sign(expiresAt)}` }),
    retryWait: async () => {},
    on: { closed: (event) => closed.push((event as { code: number }).code) },
  });
  client.subscribe(
    { query: 'subscription { name }' },
    { next: (event) => events.push(event), error: () => {}, complete: () => {} },
  );
  await expect.poll(() => events).toEqual([{ data: { name: 'ann' } }]);
  expiresAt = seconds() + 60;
  await expect.poll(() => closed).toEqual([4403]);
  await expect.poll(() => events).toHaveLength(2);
  await client.dispose();
});

const { identityAccessChanged } = resolveTopics({});
const takeBack = (deviceId: string | null, tokensBefore: number) =>
  bus.publish({
    topic: identityAccessChanged,
    key: 'ann',
    value: {
      event_id: randomUUID(),
      account_id: 'ann',
      device_id: deviceId,
      change: 'revoked',
      tokens_before: tokensBefore,
      timestamp: new Date().toISOString(),
    },
  });

it('a token that was taken back ends its socket, its event stream and its response in parts, and is refused', async () => {
  const tokenOf = (device_id: string, iat_ms: number) => sign(seconds() + 60, { device_id, iat_ms });
  const [taken, other] = await Promise.all([tokenOf('tv', 1_000), tokenOf('phone', 1_000)]);
  const closed: Record<string, number[]> = { taken: [], other: [] };
  const events: unknown[] = [];
  const open = (name: string, token: string) => {
    const client = createClient({
      url: `${gateway.url().replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${token}` },
      retryAttempts: 0,
      on: { closed: (event) => closed[name]?.push((event as { code: number }).code) },
    });
    client.subscribe(
      { query: 'subscription { name }' },
      { next: () => events.push(name), error: () => {}, complete: () => {} },
    );
    return client;
  };
  const clients = [open('taken', taken), open('other', other)];
  const stream = await fetch(
    `${gateway.url()}/graphql/stream?query=${encodeURIComponent('subscription { name }')}`,
    { headers: { accept: 'text/event-stream', authorization: `Bearer ${taken}` } },
  );
  const streamed = stream.text();
  const parts = await fetch(`${gateway.url()}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'multipart/mixed;subscriptionSpec="1.0", application/json',
      authorization: `Bearer ${taken}`,
    },
    body: '{"query":"subscription { name }"}',
  });
  const inParts = parts.text();
  await expect.poll(() => events).toHaveLength(2);
  await takeBack('tv', 2_000 + Date.now());
  await expect.poll(() => closed.taken).toEqual([4403]);
  expect(await streamed).toContain('UNAUTHENTICATED');
  expect(await inParts).toMatch(/\{"payload":null,"errors":\[.*"UNAUTHENTICATED".*\r\n--graphql--\r\n$/);
  const statusWith = async (token: string) =>
    (await post(gateway.url(), '{ whoAmI }', {}, { authorization: `Bearer ${token}` })).status;
  expect(await statusWith(taken)).toBe(401);
  expect(await statusWith(other)).toBe(200);
  expect(await statusWith(await tokenOf('tv', Date.now() + 3_000))).toBe(200);
  expect(closed.other).toEqual([]);
  for (const client of clients) await client.dispose();
});

it('a replica that starts later refuses what was taken back before', async () => {
  await takeBack('old-tv', Date.now());
  const later = await startGateway(
    { ...testConfig([subgraph]), auth: { ...DEMO_AUTH, mode: 'jwt', jwksUrl: gatewayKeys } },
    { bus },
  );
  const authorization = `Bearer ${await sign(seconds() + 60, { device_id: 'old-tv', iat_ms: 1_000 })}`;
  await expect
    .poll(async () => (await post(later.url(), '{ whoAmI }', {}, { authorization })).status)
    .toBe(401);
  await later.stop();
});
