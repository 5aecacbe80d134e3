import { createClient } from 'graphql-ws';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { post, startGateway, testConfig } from '../../testing/gateway.ts';
import { DEMO_AUTH, startSubgraph } from '../../testing/subgraph.ts';

/** A subgraph that answers who presents `token`, and nobody else. */
async function startStrict(token: string, port = 0) {
  const subgraph = await startSubgraph({
    name: 'strict',
    port,
    sdl: 'type Query { answer: Int } type Subscription { answers: Int }',
    resolvers: {
      Query: { answer: () => 42 },
      Subscription: {
        answers: {
          async *subscribe() {
            yield { answers: 1 };
            yield { answers: 2 };
          },
        },
      },
    },
    auth: { ...DEMO_AUTH, serviceTokens: [token], production: true },
  });
  let stopped = false;
  const stop = async () => {
    if (!stopped) await subgraph.stop();
    stopped = true;
  };
  onTestFinished(stop);
  return { ...subgraph, stop };
}

it('a gateway presents its token with the schema it asks for, with operations and with sockets', async () => {
  const strict = await startStrict('theirs');
  const { supergraph, ...config } = testConfig([strict]);
  const gateway = await startGateway({ ...config, supergraph: { ...supergraph, serviceToken: 'theirs' } });
  onTestFinished(() => gateway.stop());
  expect((await post(gateway.url(), '{ answer }')).body).toEqual({ data: { answer: 42 } });

  const client = createClient({
    url: `${gateway.url().replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
  });
  onTestFinished(async () => client.dispose());
  const events: unknown[] = [];
  for await (const { data } of client.iterate({ query: 'subscription { answers }' }))
    events.push(data?.answers);
  expect(events).toEqual([1, 2]);
});

it('a gateway whose token a subgraph refuses serves the rest, and says so', async () => {
  const before = await startStrict('old');
  const { supergraph, ...config } = testConfig([before]);
  const gateway = await startGateway({ ...config, supergraph: { ...supergraph, serviceToken: 'old' } });
  onTestFinished(() => gateway.stop());
  await before.stop();
  await startStrict('new', before.port);
  expect(await gateway.ready()).toEqual({
    ready: true,
    unavailable: ['strict (it refuses the gateway’s SERVICE_TOKEN)'],
  });
});
