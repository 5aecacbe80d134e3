import { Writable } from 'node:stream';
import { createLogger } from '@giggityflix/kernel';
import { createMetrics } from '@giggityflix/telemetry';
import { GraphQLError } from 'graphql';
import { createClient } from 'graphql-ws';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startFilms } from '../../testing/films.ts';
import { post, startGateway, testConfig } from '../../testing/gateway.ts';
import { startSubgraph } from '../../testing/subgraph.ts';
import { createGateway, type Gateway } from '../service.ts';
import type { ErrorPolicies } from './shown-errors.ts';

const stopping: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of stopping.splice(0).reverse()) await one.stop();
});
const track = <T extends { stop(): Promise<void> }>(one: T): T => {
  stopping.push(one);
  return one;
};

const refuse = (code: string) => () => {
  throw new GraphQLError('no account of ann@home.example', { extensions: { code, table: 'accounts' } });
};

async function startAccounts(errors: ErrorPolicies): Promise<{ gateway: Gateway; log: () => string }> {
  const accounts = track(
    await startSubgraph({
      name: 'accounts',
      sdl: 'type Query { account: String secret: String } type Subscription { changed: String }',
      resolvers: {
        Query: { account: refuse('NOT_FOUND'), secret: refuse('FORBIDDEN') },
        Subscription: {
          changed: {
            async *subscribe() {
              yield {};
            },
            resolve: refuse('NOT_FOUND'),
          },
        },
      },
    }),
  );
  const config = testConfig([accounts]);
  let text = '';
  const logger = createLogger({
    service: 'gateway',
    level: 'warn',
    destination: new Writable({
      write(chunk, _encoding, done) {
        text += chunk;
        done();
      },
    }),
  });
  const gateway = track(
    createGateway(
      { ...config, supergraph: { ...config.supergraph, errors } },
      { logger, metrics: createMetrics('gateway', { processMetrics: false }) },
    ),
  );
  await gateway.start();
  await expect.poll(async () => (await gateway.ready()).ready).toBe(true);
  return { gateway, log: () => text };
}

const only = (others: ErrorPolicies['others']): ErrorPolicies => ({ others, named: new Map() });
const serviceName = 'accounts';
const message = 'no account of ann@home.example';
const hidden = 'the accounts subgraph reported an error';

describe('what clients get of the errors of a subgraph', () => {
  it.each([
    [only('pass'), { message, extensions: { code: 'NOT_FOUND', table: 'accounts', serviceName } }],
    [only('redact'), { message, extensions: { code: 'NOT_FOUND', serviceName } }],
    [only('mask'), { message: hidden, extensions: { code: 'DOWNSTREAM_SERVICE_ERROR', serviceName } }],
    [
      { others: 'mask', named: new Map([['accounts', 'redact']]) } satisfies ErrorPolicies,
      { message, extensions: { code: 'NOT_FOUND', serviceName } },
    ],
  ])('%o', async (errors, expected) => {
    const { gateway, log } = await startAccounts(errors);
    const error = { ...expected, path: ['account'] };
    expect((await post(gateway.url(), '{ account }')).body).toEqual({
      data: { account: null },
      errors: [error],
    });
    const client = createClient({
      url: `${gateway.url().replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
    });
    const event = await client.iterate({ query: 'subscription { changed }' }).next();
    await client.dispose();
    expect(event.value.errors).toMatchObject([{ message: expected.message, path: ['changed'] }]);
    expect(JSON.stringify(event.value).includes('table')).toBe(errors.others === 'pass');
    // Whoever runs the gateway finds what clients do not get.
    expect(log().includes('"table":"accounts"')).toBe(errors.others !== 'pass');
  });

  it('always says that they have to sign in, or may not', async () => {
    const { gateway } = await startAccounts(only('mask'));
    const { body } = await post(gateway.url(), '{ secret }');
    expect(body.errors).toEqual([
      { message: hidden, path: ['secret'], extensions: { code: 'FORBIDDEN', serviceName } },
    ]);
  });
});

it('a subgraph may have a time-out of its own', async () => {
  const films = track(await startFilms());
  const config = testConfig(films.addresses);
  const timeouts = new Map([['catalog', 100]]);
  const gateway = track(
    await startGateway({ ...config, supergraph: { ...config.supergraph, timeouts, timeoutMs: 60_000 } }),
  );
  const { body } = await post(gateway.url(), '{ slow(ms: 5000) whoAmI }');
  expect(body).toMatchObject({
    data: { slow: null },
    errors: [{ message: 'the catalog subgraph did not answer within 100 ms' }],
  });
});
