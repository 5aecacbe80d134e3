import { once } from 'node:events';
import { connect } from 'node:net';
import { CloseCode, createClient } from 'graphql-ws';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { hub, type RunningSubgraph, runSubgraph } from '../testing/subgraph.ts';

const credentials: { expiresAt: number | null } = { expiresAt: null };
let running: RunningSubgraph;
beforeEach(async () => {
  credentials.expiresAt = null;
  running = await runSubgraph(credentials);
});
afterEach(() => running.service.stop());

describe('a subscription', () => {
  const open = (authorization?: string) => {
    const closed: { code: number; reason: string }[] = [];
    const client = createClient({
      url: running.url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: authorization ? { authorization } : {},
      on: { closed: (event) => closed.push(event as { code: number; reason: string }) },
    });
    const subscribe = (text: string, variables?: Record<string, unknown>) => {
      const results: unknown[] = [];
      const ended = new Promise<unknown>((resolve) => {
        client.subscribe(
          { query: text, variables },
          { next: (result) => results.push(result), error: resolve, complete: () => resolve('complete') },
        );
      });
      return { results, ended };
    };
    return { client, subscribe, closed };
  };
  const listening = (count: number) => expect.poll(() => hub.readers).toBe(count);

  it('gets each event with a context of its own', async () => {
    const { client, subscribe } = open();
    const { results } = subscribe('subscription { ticks { n context } }');
    await listening(1);
    hub.emit('ticks', { n: 1 });
    hub.emit('ticks', { n: 2 });
    await expect.poll(() => results).toHaveLength(2);
    const [one, two] = results as { data: { ticks: { n: number; context: number } } }[];
    expect([one?.data.ticks.n, two?.data.ticks.n]).toEqual([1, 2]);
    expect(two?.data.ticks.context).toBeGreaterThan(one?.data.ticks.context as number);
    await client.dispose();
    await listening(0);
  });

  it('ends its source at once when the client leaves, though no event comes', async () => {
    const { client, subscribe } = open();
    subscribe('subscription { ticks { n } }');
    await listening(1);
    await client.dispose();
    await listening(0);
  });

  it('hides unexpected errors in an event, in its source and at its start', async () => {
    const { client, subscribe } = open();
    const ticks = subscribe('subscription { ticks { n bug } }');
    await listening(1);
    hub.emit('ticks', { n: 1 });
    await expect.poll(() => ticks.results).toHaveLength(1);
    expect(ticks.results[0]).toMatchObject({
      data: { ticks: { n: 1, bug: null } },
      errors: [{ path: ['ticks', 'bug'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    });
    const broken = subscribe('subscription { broken }');
    expect(await broken.ended).toMatchObject([
      { message: 'the request could not be completed', extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    ]);
    expect(broken.results).toEqual([{ data: { broken: 1 } }]);
    const refused = subscribe('subscription { private }');
    await refused.ended;
    expect(refused.results).toMatchObject([{ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] }]);
    expect(JSON.stringify([ticks.results, refused.results])).not.toContain('hunter2');
    await client.dispose();
  });

  it.each([
    ['subscription { ticks', 'GRAPHQL_PARSE_FAILED'],
    ['subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
  ])('that is not one (%s) leaves the others of its socket alone', async (text, code) => {
    const { client, subscribe, closed } = open();
    const { results } = subscribe('subscription { ticks { n } }');
    await listening(1);
    expect(await subscribe(text).ended).toMatchObject([{ extensions: { code } }]);
    hub.emit('ticks', { n: 1 });
    await expect.poll(() => results).toHaveLength(1);
    expect(closed).toEqual([]);
    await client.dispose();
  });

  it('also answers queries on the socket', async () => {
    const { client, subscribe } = open('Bearer good');
    const { results, ended } = subscribe('query($n: Int!) { me twice(n: $n) }', { n: 2 });
    await ended;
    expect(results).toEqual([{ data: { me: 'ann', twice: 4 } }]);
    await client.dispose();
  });

  it('is closed to credentials that are not valid', async () => {
    const { subscribe, closed } = open('Bearer forged');
    await subscribe('{ me }').ended;
    expect(closed[0]?.code).toBe(CloseCode.Forbidden);
  });

  it('ends when its credentials expire', async () => {
    const expiresAt = Date.now() + 150;
    credentials.expiresAt = expiresAt;
    const { subscribe, closed } = open('Bearer good');
    await subscribe('subscription { private }').ended;
    expect(closed[0]).toMatchObject({ code: CloseCode.Forbidden, reason: 'the credentials have expired' });
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
    await listening(0);
  });

  it('ends with the server', async () => {
    const { subscribe, closed } = open();
    const { ended } = subscribe('subscription { ticks { n } }');
    await listening(1);
    await running.service.stop();
    await ended;
    expect(closed[0]?.code).toBe(1001);
    expect(hub.readers).toBe(0);
  });
});

it.each(['//', '/else', '/graphql/x', '/%'])(
  'an upgrade of %s is refused and leaves the server working',
  async (path) => {
    const socket = connect(running.http.address().port, '127.0.0.1');
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    );
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 404/);
    socket.destroy();
    expect((await running.query({ query: '{ twice(n: 1) }' })).data).toEqual({ twice: 2 });
  },
);

it('upgrade requests whose senders are gone before the answer end nothing', async () => {
  for (let n = 0; n < 50; n++) {
    const socket = connect(running.http.address().port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      'GET /else HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      () => socket.resetAndDestroy(),
    );
    await once(socket, 'close');
  }
  expect((await running.query({ query: '{ twice(n: 1) }' })).data).toEqual({ twice: 2 });
});

it('a frame that breaks the WebSocket protocol closes its socket, and leaves no stack on standard error', async () => {
  const printed = vi.spyOn(console, 'error');
  onTestFinished(() => printed.mockRestore());
  const socket = connect(running.http.address().port, '127.0.0.1');
  socket.write(
    'GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
  );
  await once(socket, 'data');
  socket.write(Buffer.alloc(64, 0xff));
  // RFC 6455, section 7.4.1: 1002 is a protocol error.
  const [frame] = (await once(socket, 'data')) as [Buffer];
  expect([frame[0], frame.readUInt16BE(2)]).toEqual([0x88, 1002]);
  socket.destroy();
  expect(printed).not.toHaveBeenCalled();
  expect((await running.query({ query: '{ twice(n: 1) }' })).data).toEqual({ twice: 2 });
});
