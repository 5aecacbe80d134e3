import { createClient } from 'graphql-sse';
import { describe, expect, it } from 'vitest';
import { startGateway, testConfig } from '../../../testing/gateway.ts';
import { serveFilms } from '../../../testing/served.ts';

const served = serveFilms();

const client = (headers?: Record<string, string>) =>
  createClient({ url: `${served.gateway.url()}/graphql/stream`, headers, retryAttempts: 0 });

describe('subscriptions as server-sent events', () => {
  it('deliver completed events in order until the client leaves', async () => {
    const events = client().iterate({
      query: 'subscription { availabilityChanged(ids: ["f1"]) { peerCount file { title { name } } } }',
    });
    const received: unknown[] = [];
    const reading = (async () => {
      for await (const event of events) {
        received.push(event.data);
        if (received.length === 3) break;
      }
    })();
    await expect.poll(() => served.films.subscriptions()).toBe(1);
    for (const peerCount of [1, 2, 3]) served.films.change({ catalogId: 'f1', peerCount });
    await reading;
    const file = { title: { name: 'Title 1' } };
    expect(received).toEqual([1, 2, 3].map((peerCount) => ({ availabilityChanged: { peerCount, file } })));
    await expect.poll(() => served.films.subscriptions()).toBe(0);
  });

  it('also answer queries', async () => {
    const results: unknown[] = [];
    for await (const result of client().iterate({ query: '{ concurrency }' })) results.push(result);
    expect(results).toEqual([{ data: { concurrency: 1 } }]);
  });

  it('are refused without valid credentials, and when they do not validate', async () => {
    const first = (headers: Record<string, string>, query: string) =>
      client(headers)
        .iterate({ query })
        .next()
        .catch((error: Error) => String(error.message));
    expect(await first({ authorization: 'Bearer no' }, '{ concurrency }')).toMatch(/401/);
    expect(await first({}, '{ nothing }')).toMatch(/400/);
  });

  it('begin no mutation by GET, which any page may have a browser send', async () => {
    const mutation = encodeURIComponent('mutation{__typename}');
    const response = await fetch(`${served.gateway.url()}/graphql/stream?query=${mutation}`, {
      headers: { accept: 'text/event-stream' },
    });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'METHOD_NOT_ALLOWED' } }] });
  });

  it('do not keep a gateway from stopping', async () => {
    const other = await startGateway(testConfig(served.films.addresses));
    const query = 'subscription{availabilityChanged(ids:["f1"]){peerCount}}';
    const stream = await fetch(`${other.url()}/graphql/stream?query=${encodeURIComponent(query)}`, {
      headers: { accept: 'text/event-stream' },
    });
    const reading = stream.text().catch(() => 'cut');
    await expect.poll(() => served.films.subscriptions()).toBe(1);
    let stopped = false;
    void other.stop().then(() => {
      stopped = true;
    });
    await expect.poll(() => stopped).toBe(true);
    expect(await reading).toBe('cut');
  });
});
