import { gql } from '@apollo/client';
import { Defer20220824Handler, GraphQL17Alpha9Handler } from '@apollo/client/incremental';
import { Client, cacheExchange, fetchExchange } from '@urql/core';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { apolloClient } from '../../testing/apollo.ts';
import { serveFilms } from '../../testing/served.ts';

const served = serveFilms();
const PATIENT = { timeout: 60_000 };

const DEFERRED = `query { title(id: "1") { id name ... @defer(label: "later") { progress files { catalogId peerCount } } } }`;
const FIRST = { title: { id: '1', name: 'Title 1' } };
const LATER = { progress: 0.5, files: [{ catalogId: 'f1', peerCount: 2 }] };
const WHOLE = { title: { ...FIRST.title, ...LATER } };
const UNLUCKY = `query { title(id: "13") { id ... @defer { files { peerCount } } } }`;

function post(query: string, accept: string, signal?: AbortSignal) {
  return fetch(`${served.gateway.url()}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ query }),
    ...(signal && { signal }),
  });
}

/** The parts of a response, as JSON. */
async function partsOf(response: Response): Promise<unknown[]> {
  const bodies = (await response.text()).split('\r\n--graphql').map((part) => part.split('\r\n\r\n')[1]);
  return bodies.filter((body) => body !== undefined).map((body) => JSON.parse(body));
}

describe('what is deferred comes later', () => {
  it.each([
    ['20220824', new Defer20220824Handler()],
    ['v0.2', new GraphQL17Alpha9Handler()],
  ])('to @apollo/client, in the format of %s', async (_format, incrementalHandler) => {
    const seen: { data: unknown; error: unknown }[] = [];
    const client = apolloClient(served.gateway.url(), { incrementalHandler });
    const watching = client
      .watchQuery({ query: gql(DEFERRED), fetchPolicy: 'no-cache' })
      .subscribe(({ data, error, loading }) => {
        if (data || !loading) seen.push({ data, error });
      });
    await expect.poll(() => seen.at(-1)?.data, PATIENT).toMatchObject(WHOLE);
    expect(seen[0]!.data).toMatchObject(FIRST);
    expect(seen[0]!.data).not.toMatchObject(WHOLE);
    expect(seen.every(({ error }) => error === undefined)).toBe(true);
    watching.unsubscribe();
  });

  it('to urql', async () => {
    const client = new Client({
      url: `${served.gateway.url()}/graphql`,
      exchanges: [cacheExchange, fetchExchange],
      preferGetMethod: false,
    });
    const seen: { data?: unknown; hasNext: boolean; error?: unknown }[] = [];
    client.query(DEFERRED, {}).subscribe((result) => seen.push(result));
    await expect.poll(() => seen.at(-1)?.hasNext, PATIENT).toBe(false);
    expect(seen[0]).toMatchObject({ data: FIRST, hasNext: true });
    expect(seen.at(-1)!.error).toBeUndefined();
    expect(seen.at(-1)!.data).toMatchObject(WHOLE);
  });

  it('over graphql-ws', async () => {
    const client = createClient({
      url: `${served.gateway.url().replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    });
    const received: unknown[] = [];
    for await (const result of client.iterate({ query: DEFERRED })) received.push(result);
    expect(received).toEqual(payloads());
    await client.dispose();
  });

  it('over graphql-sse', async () => {
    const client = createSseClient({ url: `${served.gateway.url()}/graphql/stream`, retryAttempts: 0 });
    const received: unknown[] = [];
    for await (const result of client.iterate({ query: DEFERRED })) received.push(result);
    expect(received).toEqual(payloads());
  });

  const payloads = () => [
    { data: FIRST, pending: [{ id: '0', path: ['title'], label: 'later' }], hasNext: true },
    { incremental: [{ id: '0', data: LATER }], completed: [{ id: '0' }], hasNext: false },
  ];

  it('as multipart/mixed, whose format the response names', async () => {
    const current = await post(DEFERRED, 'multipart/mixed;incrementalSpec=v0.2, application/json');
    expect(current.headers.get('content-type')).toBe(
      'multipart/mixed;boundary="graphql";incrementalSpec=v0.2',
    );
    expect(await partsOf(current)).toEqual(payloads());
    const former = await post(DEFERRED, 'multipart/mixed;deferSpec=20220824, application/json');
    expect(former.headers.get('content-type')).toBe('multipart/mixed;boundary="graphql";deferSpec=20220824');
    expect(await partsOf(former)).toEqual([
      { data: FIRST, hasNext: true },
      { incremental: [{ data: LATER, path: ['title'], label: 'later' }], hasNext: false },
    ]);
  });

  it('with the errors of its own', async () => {
    const parts = await partsOf(await post(UNLUCKY, 'multipart/mixed'));
    expect(parts).toMatchObject([
      { data: { title: { id: '13' } }, pending: [{ id: '0', path: ['title'] }] },
      {
        completed: [
          {
            id: '0',
            errors: [{ message: 'unlucky', path: ['title', 'files', 0], extensions: { code: 'UNLUCKY' } }],
          },
        ],
        hasNext: false,
      },
    ]);
    expect(parts[1]).not.toHaveProperty('incremental');
  });
});

describe('what is deferred comes with the rest', () => {
  it('where too many parts would have to follow', async () => {
    const response = await post('{ titles(first: 600) { id ... @defer { name } } }', 'multipart/mixed');
    const { data } = (await response.json()) as { data: { titles: object[] } };
    expect(data.titles[599]).toEqual({ id: '599', name: 'Title 599' });
  });

  it.each([
    ['to a client that takes one part only', DEFERRED, 'application/json'],
    [
      'where a literal switches @defer off',
      DEFERRED.replace('(label', '(if: false, label'),
      'multipart/mixed',
    ],
    [
      'where nothing has a place for it',
      `query { none: concurrency @skip(if: true) ... @skip(if: true) @defer { concurrency } __typename }`,
      'multipart/mixed',
    ],
    [
      'where it cannot be planned apart',
      '{ concurrency ... @defer { __schema { queryType { name } } } }',
      'multipart/mixed',
    ],
  ])('%s', async (_name, query, accept) => {
    const response = await post(query, accept);
    expect(response.headers.get('content-type')).toContain('application/json');
    const { data, errors } = (await response.json()) as { data: object; errors?: unknown };
    expect(errors).toBeUndefined();
    if (query.includes('title')) expect(data).toEqual(WHOLE);
  });
});

describe('@defer is refused', () => {
  it.each([
    [
      'on the fields of a mutation',
      'mutation { ... @defer { rename(id: "1", name: "a") { id } } }',
      'mutations',
    ],
    [
      'in a subscription',
      'subscription { availabilityChanged(ids: ["f1"]) { ... @defer { peerCount } } }',
      'subscriptions',
    ],
    [
      'with one label twice',
      '{ ... @defer(label: "a") { concurrency } ... @defer(label: "a") { whoAmI } }',
      'label',
    ],
    ['with a label that varies', 'query($l: String) { ... @defer(label: $l) { concurrency } }', 'label'],
    ['on too many fragments', `{ ${'... @defer { concurrency } '.repeat(40)} }`, 'at most'],
    [
      'as @stream, which subgraphs cannot give',
      '{ titles(first: 2) @stream { id } }',
      '@stream is not served',
    ],
  ])('%s', async (_name, query, reason) => {
    const response = await post(query, 'multipart/mixed, application/json');
    const { errors } = (await response.json()) as { errors: { message: string }[] };
    expect(errors[0]!.message).toContain(reason);
  });
});

describe('parts that nobody waits for', () => {
  it('are not fetched', async () => {
    const leaving = new AbortController();
    const asked = () => served.films.resolved.get('tracker.File') ?? 0;
    const before = asked();
    const response = await post(
      'query { concurrency ... @defer { slow(ms: 1000) title(id: "1") { files { peerCount } } } }',
      'multipart/mixed',
      leaving.signal,
    );
    await response.body!.getReader().read();
    leaving.abort();
    // The gateway stops after what it waits for is over.
    await served.gateway.stop();
    expect(asked()).toBe(before);
  });
});
