import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AuthConfig } from '@giggityflix/http';
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
let sign: (expiresAt: number) => Promise<string>;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keys-'));
  const { privateKey, publicKey } = await generateKeyPair('EdDSA');
  const path = join(directory, 'jwks.json');
  writeFileSync(
    path,
    JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), alg: 'EdDSA', kid: '1' }] }),
  );
  sign = (expiresAt) =>
    new SignJWT({ roles: ['viewer'] })
      .setProtectedHeader({ alg: 'EdDSA', kid: '1' })
      .setSubject('ann')
      .setIssuer('giggityflix')
      .setAudience('giggityflix')
      .setExpirationTime(expiresAt)
      .sign(privateKey);
  const auth: AuthConfig = { ...DEMO_AUTH, mode: 'jwt', jwksUrl: pathToFileURL(path).href };
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
  gateway = await startGateway({ ...testConfig([subgraph]), auth });
});
afterAll(async () => {
  await gateway?.stop();
  await subgraph?.stop();
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
