import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger, UnavailableError } from '@giggityflix/kernel';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHttpAvailability } from './availability.http.ts';
import type { Availability } from './availability.ts';

const MEDIA_FILE = 'a'.repeat(64);
type Answer = object | 'down';
let catalogAnswer: Answer;
let trackerAnswer: Answer;
let asked: { service: string; authorization: string | undefined; variables: Record<string, unknown> }[] = [];
const servers: Server[] = [];
let urls: { catalog: string; tracker: string };
let availability: Availability;

async function serve(service: string, answer: () => Answer): Promise<string> {
  const server = createServer(async (incoming, outgoing) => {
    let text = '';
    for await (const chunk of incoming) text += chunk;
    asked.push({ service, authorization: incoming.headers.authorization, ...JSON.parse(text) });
    const given = answer();
    outgoing.writeHead(given === 'down' ? 503 : 200, { 'content-type': 'application/json' });
    outgoing.end(JSON.stringify(given === 'down' ? {} : { data: given }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  urls = {
    catalog: await serve('catalog', () => catalogAnswer),
    tracker: await serve('tracker', () => trackerAnswer),
  };
});
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
beforeEach(async () => {
  asked = [];
  await availability?.close();
  availability = createHttpAvailability({
    catalog: { url: urls.catalog, token: 'token', timeoutMs: 500 },
    tracker: { url: urls.tracker, token: 'token', timeoutMs: 500 },
    logger: createLogger({ service: 'test', level: 'silent' }),
  });
});

const KNOWN = { mediaFile: { durationSeconds: 60 } };
const UNKNOWN = { mediaFile: null };
const isAvailable = (yes: boolean) => ({ catalogAvailability: [{ isAvailable: yes }] });

describe('availability', () => {
  it.each([
    [KNOWN, isAvailable(true), 'available'],
    [KNOWN, isAvailable(false), 'no_peer'],
    [UNKNOWN, isAvailable(false), 'unknown'],
    [UNKNOWN, isAvailable(true), 'available'],
    ['down' as const, isAvailable(true), 'available'],
    [UNKNOWN, 'down' as const, 'unknown'],
  ])('from catalog %j and tracker %j is %s', async (catalog, tracker, expected) => {
    [catalogAnswer, trackerAnswer] = [catalog, tracker];
    expect(await availability.check(MEDIA_FILE)).toBe(expected);
  });

  it.each([
    [KNOWN, 'down' as const],
    ['down' as const, isAvailable(false)],
    ['down' as const, 'down' as const],
    [KNOWN, { catalogAvailability: 'invalid' }],
  ])('is not known from catalog %j and tracker %j', async (catalog, tracker) => {
    [catalogAnswer, trackerAnswer] = [catalog, tracker];
    await expect(availability.check(MEDIA_FILE)).rejects.toBeInstanceOf(UnavailableError);
  });

  it('sends no request for what is not a catalog id', async () => {
    expect(await availability.check('content789')).toBe('unknown');
    expect(asked).toEqual([]);
  });

  it('asks once for many callers, with the service’s token', async () => {
    [catalogAnswer, trackerAnswer] = [KNOWN, isAvailable(true)];
    await Promise.all(Array.from({ length: 50 }, () => availability.check(MEDIA_FILE)));
    expect(asked).toHaveLength(2);
    expect(asked[0]).toMatchObject({ authorization: 'Bearer token', variables: { id: MEDIA_FILE } });
    expect(await availability.durationOf(MEDIA_FILE)).toBe(60);
    expect(asked).toHaveLength(2);
  });

  it('chooses a peer through the tracker, and passes on who is excluded', async () => {
    const peer = { peerId: 'p', edgeId: 'edge-1', connectionId: '0199aaaa-0000-7000-8000-000000000001' };
    trackerAnswer = { playbackPeer: peer };
    expect(await availability.choosePeer(MEDIA_FILE, ['lost'])).toEqual(peer);
    expect(asked[0]?.variables).toEqual({ id: MEDIA_FILE, excluded: ['lost'] });
    trackerAnswer = { playbackPeer: null };
    expect(await availability.choosePeer(MEDIA_FILE, [])).toBeNull();
    trackerAnswer = { playbackPeer: { ...peer, edgeId: 'edge 1' } };
    await expect(availability.choosePeer(MEDIA_FILE, [])).rejects.toBeInstanceOf(UnavailableError);
  });
});
