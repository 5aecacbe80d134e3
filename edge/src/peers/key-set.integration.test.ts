import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEdge } from '../../testing/edge.ts';
import { createTestPeer } from '../../testing/peer.ts';

const key = (kid: string) => ({ kty: 'OKP', crv: 'Ed25519', kid, x: 'AAAA' });

let server: Server;
let url: string;
let answer: { status: number; body: string };
let requests: number;

beforeEach(async () => {
  requests = 0;
  answer = { status: 200, body: JSON.stringify({ keys: [key('one')] }) };
  server = createServer((_request, response) => {
    requests++;
    response.writeHead(answer.status).end(answer.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

describe('the playback key set', () => {
  it('comes with the registration once it has been fetched', async () => {
    await using edge = await startEdge({ keySet: { url, refreshMs: 60_000 } });
    await expect.poll(() => requests).toBe(1);
    await expect
      .poll(async () => {
        const peer = createTestPeer(edge);
        const { keySet } = await peer.register();
        await peer.leave();
        return keySet && JSON.parse(keySet.jwks);
      })
      .toEqual({ keys: [key('one')] });
  });

  it('is pushed to connected peers when it becomes available, and when it changes', async () => {
    answer = { status: 503, body: '' };
    await using edge = await startEdge({ keySet: { url, refreshMs: 50 } });
    const peer = createTestPeer(edge);
    expect((await peer.register()).keySet).toBeUndefined();
    answer = { status: 200, body: JSON.stringify({ keys: [key('one')] }) };
    expect(JSON.parse((await peer.next('keySet')).jwks)).toEqual({ keys: [key('one')] });
    answer = { status: 200, body: JSON.stringify({ keys: [key('one'), key('two')] }) };
    expect(JSON.parse((await peer.next('keySet')).jwks).keys).toHaveLength(2);
    await peer.leave();
  });

  it('is fetched again at most once when many peers ask at the same time', async () => {
    await using edge = await startEdge({ keySet: { url, refreshMs: 60_000 } });
    const peers = Array.from({ length: 5 }, () => createTestPeer(edge));
    await Promise.all(peers.map((peer) => peer.register()));
    for (const peer of peers) peer.send({ $case: 'keySetRequest', value: {} });
    await Promise.all(peers.map((peer) => peer.next('keySet')));
    expect(requests).toBeLessThanOrEqual(2);
    await Promise.all(peers.map((peer) => peer.leave()));
  });

  it.each([
    ['no JSON', 'oops'],
    ['a private key', JSON.stringify({ keys: [{ ...key('one'), d: 'secret' }] })],
    ['a shared secret', JSON.stringify({ keys: [{ kty: 'oct', k: 'secret' }] })],
    ['something endless', 'x'.repeat(100_000)],
  ])('is not taken when it is %s', async (_what, body) => {
    answer = { status: 200, body };
    await using edge = await startEdge({ keySet: { url, refreshMs: 60_000 } });
    await expect.poll(() => requests).toBeGreaterThanOrEqual(1);
    const peer = createTestPeer(edge);
    expect((await peer.register()).keySet).toBeUndefined();
    await peer.leave();
  });
});
