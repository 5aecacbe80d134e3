import {
  createFilmReader,
  createLink,
  createPlaybackSession,
  type Link,
  PlaybackRefused,
} from '@giggityflix/player';
import { createNodePlatform } from '@giggityflix/player/node';
import { samplesShared, startStack, type TestStack } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const LIMIT = 4;
/** An ended session streams no longer than this. */
const ENDS_WITHIN = { timeout: 2_000, interval: 25 };

let stack: TestStack;
let platform: ReturnType<typeof createNodePlatform>;
let catalogId: string;
const links: Link[] = [];

beforeAll(async () => {
  stack = await startStack();
  await samplesShared(stack);
  platform = createNodePlatform({ origin: stack.origin });
  const { data } = await stack.client.request('BrowseTitles', { first: 1 });
  catalogId = data.titles.edges[0].node.files[0].catalogId;
});
afterAll(async () => {
  for (const link of links) link.close();
  platform?.close();
  await stack?.dispose();
});

/** Opens a stream, and never gives it up by itself. */
async function watch() {
  const created = await createPlaybackSession(platform.graphql, { catalogId, deviceId: 'attacker' });
  const statuses: { state: string; code?: string; message?: string }[] = [];
  const link = createLink({
    platform,
    catalogId,
    created,
    form: () => ({ rendition: 'original', startSeconds: 0 }),
    onStatus: (status) => void statuses.push(status),
  });
  links.push(link);
  const connection = await link.connection();
  return { sessionId: created.session.id, token: created.playbackToken, link, connection, statuses };
}

async function rest(method: 'POST' | 'DELETE', path: string, body?: unknown) {
  const response = await fetch(`http://127.0.0.1:${stack.ports.VIEWING_PORT}/api/playback/${path}`, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return response.json() as Promise<Record<string, unknown>>;
}

async function streams(): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${stack.ports.PEER_HTTP_PORT}/metrics`)).text();
  return Number(/^giggityflix_peer_streams\S* (\d+)$/m.exec(text)?.[1]);
}

describe('an account with a limit of four streams', () => {
  it('has no seventh stream after it stopped three sessions and went on reading them', async () => {
    const first = await Promise.all([watch(), watch(), watch(), watch()]);
    expect(await streams()).toBe(LIMIT);
    await expect(watch()).rejects.toThrow(PlaybackRefused);

    const stopped = first.slice(0, 3);
    await rest('POST', `session/${stopped[0]!.sessionId}/stop`);
    await rest('DELETE', `session/${stopped[1]!.sessionId}/terminate`);
    await stack.client.request('StopPlayback', { sessionId: stopped[2]!.sessionId });
    await expect.poll(streams, ENDS_WITHIN).toBe(1);
    for (const { connection } of stopped)
      await expect(connection.client.read(0, 1_000).next()).rejects.toMatchObject({ code: 'session_ended' });
    for (const { statuses } of stopped)
      await expect
        .poll(() => statuses.at(-1))
        .toMatchObject({ state: 'failed', code: 'session_ended', message: 'the playback session has ended' });
    for (const { token } of stopped)
      expect(await rest('POST', 'token/validate', { token })).toEqual({
        valid: false,
        reason: 'session_ended',
      });
    expect(await rest('POST', 'token/validate', { token: first[3]!.token })).toMatchObject({ valid: true });

    await Promise.all([watch(), watch(), watch()]);
    expect(await streams()).toBe(LIMIT);
    const film = createFilmReader(first[3]!.link);
    expect((await film.describe()).sizeBytes).toBeGreaterThan(0);
    for (const link of links.splice(0)) link.close();
    await expect.poll(streams).toBe(0);
    const { data } = await stack.client.request('Concurrency');
    for (const { id } of data.concurrency.activeSessions) await rest('POST', `session/${id}/stop`);
  });

  it('loses the stream of a session that it stopped while the edge was dead', async () => {
    const { sessionId, connection } = await watch();
    expect(await streams()).toBe(1);
    process.kill(stack.pidOf('edge'), 'SIGKILL');
    await rest('POST', `session/${sessionId}/stop`);
    // The data channel does not pass through the edge: the stream runs until another edge is there.
    await expect.poll(streams, { timeout: 20_000 }).toBe(0);
    await expect(connection.client.read(0, 1_000).next()).rejects.toMatchObject({ code: 'session_ended' });
  });
});
