import { gql } from '@apollo/client';
import { Client, cacheExchange, fetchExchange } from '@urql/core';
import { describe, expect, it } from 'vitest';
import { apolloClient } from '../../../testing/apollo.ts';
import { startGateway, testConfig } from '../../../testing/gateway.ts';
import { serveFilms } from '../../../testing/served.ts';

const served = serveFilms();
const PATIENT = { timeout: 60_000 };

const SUBSCRIPTION =
  'subscription { availabilityChanged(ids: ["f1"]) { peerCount file { title { name } } } }';
const ACCEPT = 'multipart/mixed;boundary="graphql";subscriptionSpec="1.0", application/json';
const eventOf = (peerCount: number) => ({
  availabilityChanged: { peerCount, file: { title: { name: 'Title 1' } } },
});

const subscribed = (count: number) => expect.poll(() => served.films.subscriptions(), PATIENT).toBe(count);

function post(query: string, options: { accept?: string; signal?: AbortSignal; origin?: string } = {}) {
  return fetch(`${served.gateway.url()}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: options.accept ?? ACCEPT,
      ...(options.origin && { origin: options.origin }),
    },
    body: JSON.stringify({ query }),
    ...(options.signal && { signal: options.signal }),
  });
}

describe('a subscription in parts', () => {
  it('reaches @apollo/client event by event, until the client leaves', async () => {
    const received: unknown[] = [];
    const subscription = apolloClient(served.gateway.url())
      .subscribe({ query: gql(SUBSCRIPTION) })
      .subscribe({ next: ({ data }) => received.push(data) });
    await subscribed(1);
    for (const peerCount of [1, 2, 3]) served.films.change({ catalogId: 'f1', peerCount });
    await expect.poll(() => received.length, PATIENT).toBe(3);
    expect(received).toMatchObject([1, 2, 3].map(eventOf));
    subscription.unsubscribe();
    await subscribed(0);
  });

  it('completes when its source does', async () => {
    const completed = new Promise<void>((complete, error) =>
      apolloClient(served.gateway.url())
        .subscribe({ query: gql(SUBSCRIPTION) })
        .subscribe({ complete, error }),
    );
    await subscribed(1);
    served.films.complete();
    await completed;
  });

  it('reaches urql, which takes parts as they are', async () => {
    const received: unknown[] = [];
    const client = new Client({
      url: `${served.gateway.url()}/graphql`,
      exchanges: [cacheExchange, fetchExchange],
      fetchSubscriptions: true,
      preferGetMethod: false,
    });
    const { unsubscribe } = client.subscription(SUBSCRIPTION, {}).subscribe(({ data, error }) => {
      received.push(error ?? data);
    });
    await subscribed(1);
    for (const peerCount of [1, 2]) served.films.change({ catalogId: 'f1', peerCount });
    await expect.poll(() => received.length, PATIENT).toBe(2);
    expect(received).toMatchObject([1, 2].map(eventOf));
    unsubscribe();
    await subscribed(0);
  });

  it('is framed as RFC 2046 has it, each part followed by its boundary at once', async () => {
    const response = await post(SUBSCRIPTION);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
    ]);
    await subscribed(1);
    let text = '';
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    const until = async (end: string) => {
      while (!text.endsWith(end)) {
        const { done, value } = await reader.read();
        expect(done, text).toBe(false);
        text += value;
      }
    };
    const part = (json: string) =>
      `\r\ncontent-type: application/json; charset=utf-8\r\n\r\n${json}\r\n--graphql`;
    await until('\r\n--graphql');
    served.films.change({ catalogId: 'f1', peerCount: 7 });
    const event = part(`{"payload":${JSON.stringify({ data: eventOf(7) })}}`);
    await until(event);
    served.films.complete();
    await until('--\r\n');
    expect(text).toBe(`\r\n--graphql${event}--\r\n`);
    expect((await reader.read()).done).toBe(true);
  });

  it('is answered as ever for clients that take one part only, and for what is not valid', async () => {
    const refused = await post(SUBSCRIPTION, { accept: 'application/json' });
    expect(refused.status).toBe(400);
    expect(JSON.stringify(await refused.json())).toContain('multipart/mixed');
    expect((await post(SUBSCRIPTION, { accept: 'multipart/mixed;q=0, application/json' })).status).toBe(400);
    const invalid = await post('subscription { nothing }');
    expect(invalid.headers.get('content-type')).toContain('application/json');
    expect(await invalid.json()).toMatchObject({
      errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
    });
    const query = await post('{ concurrency }');
    expect(await query.json()).toEqual({ data: { concurrency: 1 } });
    expect((await post(SUBSCRIPTION, { origin: 'https://elsewhere.example' })).status).toBe(403);
    expect(served.films.subscriptions()).toBe(0);
  });

  it('does not keep a gateway from stopping', async () => {
    const other = await startGateway(testConfig(served.films.addresses));
    const response = await fetch(`${other.url()}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: ACCEPT },
      body: JSON.stringify({ query: SUBSCRIPTION }),
    });
    const reading = response.text().catch(() => 'cut');
    await subscribed(1);
    await other.stop();
    expect(await reading).toBe('cut');
  });
});
