import { randomBytes } from 'node:crypto';
import { appendFileSync, copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createNodePlatform, readFilm } from '@giggityflix/player/node';
import { samplesShared, startStack, type TestStack } from '@giggityflix/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPeer, temporaryDir, testConfig } from '../../peer/testing/harness.ts';
import { connectViewer, readRange, type SignalPath } from '../../peer/testing/viewer.ts';

/** Everything is started, hashed and connected on a busy machine. */
const WITHIN = { timeout: 60_000 };
const SOURCES = [0, 1, 2];

const SEND = `mutation Send($sessionId: ID!, $signal: PlaybackSignalInput!, $source: Int) {
  sendPlaybackSignal(sessionId: $sessionId, signal: $signal, source: $source) { accepted }
}`;
const SIGNALS = `subscription Signals($sessionId: ID!) {
  playbackSignals(sessionId: $sessionId) {
    __typename
    ... on SessionDescription { source type sdp }
    ... on IceCandidate { source candidate sdpMid sdpMLineIndex }
    ... on PeerLost { source peerId reason }
  }
}`;
const LEAVE = `mutation Leave($sessionId: ID!, $source: Int!, $problem: SourceProblem) {
  leavePlaybackSource(sessionId: $sessionId, source: $source, problem: $problem) { left }
}`;

type Listener = Parameters<SignalPath['listen']>[0];

let stack: TestStack;
let catalogId: string;
let sizeBytes: number;
beforeAll(async () => {
  stack = await startStack();
  await samplesShared(stack);
  const { data } = await stack.client.request(
    '{ titles(first: 1) { edges { node { files { catalogId sizeBytes } } } } }',
  );
  [{ catalogId, sizeBytes }] = data.titles.edges[0].node.files;
});
afterAll(() => stack?.dispose());

/** Two more daemons with the films of the first. */
async function twoMorePeers() {
  const peers = await Promise.all(
    SOURCES.slice(1).map(() => {
      const dir = temporaryDir();
      mkdirSync(join(dir, 'media'));
      cpSync(stack.mediaDir, join(dir, 'media'), { recursive: true });
      return startPeer(testConfig(dir, { EDGE_GRPC_ADDRESS: `127.0.0.1:${stack.ports.EDGE_PORT}` }));
    }),
  );
  await expect.poll(peerCount, WITHIN).toBe(SOURCES.length);
  return peers;
}

async function peerCount(): Promise<number> {
  const { data } = await stack.client.request(
    'query Q($id: ID!) { catalogAvailability(catalogIds: [$id]) { peerCount } }',
    { id: catalogId },
  );
  return data.catalogAvailability[0].peerCount;
}

async function sharedStreams(): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${stack.ports.PEER_HTTP_PORT}/metrics`)).text();
  return Number(/^giggityflix_peer_streams\S* (\d+)$/m.exec(text)?.[1]);
}

async function newSession() {
  const { data } = await stack.client.request(
    `mutation Create($input: CreatePlaybackSessionInput!) { createPlaybackSession(input: $input) {
       ... on PlaybackSessionCreated { session { id } playbackToken maxSources } } }`,
    { input: { profileId: 'p', catalogId, deviceId: 'tv' } },
  );
  return data.createPlaybackSession as {
    session: { id: string };
    playbackToken: string;
    maxSources: number;
  };
}

/** The way of signals between each source of a session and its peer, over the gateway. */
async function signalPaths(sessionId: string) {
  const live = await stack.client.subscribe(SIGNALS, { sessionId });
  let seen = 0;
  const listeners = new Map<number, Listener>();
  const waiting = new Map<number, Parameters<Listener>[0][]>();
  const timer = setInterval(() => {
    for (; seen < live.events.length; seen += 1) {
      const signal = live.events[seen]?.data?.playbackSignals;
      const given: Parameters<Listener>[0] = {
        sessionId,
        catalogId: Buffer.from(catalogId, 'hex'),
        iceServers: [],
        signal: toPeerSignal(signal),
      };
      const listener = listeners.get(signal.source);
      if (listener) listener(given);
      else waiting.set(signal.source, [...(waiting.get(signal.source) ?? []), given]);
    }
  }, 10);
  // One after the other, so that no candidate comes before its offer.
  let sending: Promise<unknown> = Promise.resolve();
  const send = (source: number, signal: object) => {
    sending = sending.then(() => stack.client.request(SEND, { sessionId, source, signal }));
  };
  return {
    of: (source: number): SignalPath => ({
      send({ signal }) {
        if (signal?.$case === 'description') send(source, { offer: { sdp: signal.value.sdp } });
        if (signal?.$case === 'candidate') send(source, { candidate: signal.value });
      },
      listen(listener) {
        listeners.set(source, listener);
        for (const signal of waiting.get(source) ?? []) listener(signal);
      },
    }),
    close() {
      clearInterval(timer);
      live.close();
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: answers of the gateway are read by their shape
function toPeerSignal(signal: any): Parameters<Listener>[0]['signal'] {
  if (signal.__typename === 'SessionDescription')
    return { $case: 'description', value: { type: signal.type, sdp: signal.sdp } };
  if (signal.__typename === 'PeerLost') return { $case: 'lost', value: { reason: signal.reason ?? 'lost' } };
  const { candidate, sdpMid, sdpMLineIndex } = signal;
  return { $case: 'candidate', value: { candidate, sdpMid, sdpMLineIndex } };
}

async function slotsTaken(): Promise<number> {
  const { data } = await stack.client.request('{ concurrency { activeStreamCount } }');
  return data.concurrency.activeStreamCount;
}

it('plays one session from three peers, with one slot and one token, until it ends at all of them', async () => {
  const peers = await twoMorePeers();
  const streams = async () => [await sharedStreams(), ...peers.map((peer) => peer.status().streams.active)];
  const { session, playbackToken, maxSources } = await newSession();
  expect(maxSources).toBe(6);
  const paths = await signalPaths(session.id);
  try {
    const viewers = await Promise.all(
      SOURCES.map((source) => connectViewer(session.id, catalogId, paths.of(source))),
    );
    for (const viewer of viewers)
      await viewer.client.open({ token: playbackToken, rendition: 'original', startSeconds: 0 });
    expect(await streams()).toEqual([1, 1, 1]);
    expect(await slotsTaken()).toBe(1);

    // Nobody else has the film.
    const further = await stack.client.request(SEND, {
      sessionId: session.id,
      source: 3,
      signal: { offer: { sdp: 'v=0' } },
    });
    expect(further.data.sendPlaybackSignal.accepted).toBe(false);

    const film = await Promise.all(viewers.map(({ client }) => readRange(client, 0, sizeBytes)));
    for (const read of film) expect(read.equals(film[0]!)).toBe(true);

    const { data } = await stack.client.request(LEAVE, { sessionId: session.id, source: 1, problem: 'SLOW' });
    expect(data.leavePlaybackSource.left).toBe(true);
    await viewers[1]!.closed;
    await expect.poll(async () => (await streams()).sort(), WITHIN).toEqual([0, 1, 1]);
    expect((await readRange(viewers[2]!.client, 0, 1_000)).byteLength).toBe(1_000);

    // A peer that was left without a problem takes the session again, as it takes any.
    await stack.client.request(LEAVE, { sessionId: session.id, source: 2, problem: null });
    await viewers[2]!.closed;
    viewers[2] = await connectViewer(session.id, catalogId, paths.of(2));
    const refreshed = await stack.client.request(
      'mutation Refresh($token: String!) { refreshPlaybackToken(token: $token) { playbackToken } }',
      { token: playbackToken },
    );
    const { playbackToken: token } = refreshed.data.refreshPlaybackToken;
    await viewers[2]!.client.open({ token, rendition: 'original', startSeconds: 0 });
    await expect.poll(async () => (await streams()).sort(), WITHIN).toEqual([0, 1, 1]);

    await stack.client.request('StopPlayback', { sessionId: session.id });
    await Promise.all(viewers.map(({ closed }) => closed));
    await expect.poll(streams, WITHIN).toEqual([0, 0, 0]);
    expect(await slotsTaken()).toBe(0);
  } finally {
    paths.close();
  }
}, 240_000);

/** A film of the samples made long by what players skip. */
async function longFilm() {
  const sample = readdirSync(stack.mediaDir).find((name) => name.startsWith('Counting Seconds')) as string;
  const path = join(stack.mediaDir, 'A Long Film (2026).mp4');
  copyFileSync(join(stack.mediaDir, sample), path);
  appendFileSync(path, randomBytes(24 * 1_024 * 1_024));
  const find =
    '{ titles(first: 1, filter: { search: "Long Film" }) { edges { node { files { catalogId } } } } }';
  const found = async () => {
    const { data } = await stack.client.request(find);
    return data.titles.edges[0]?.node.files[0]?.catalogId ?? null;
  };
  await expect.poll(found, WITHIN).not.toBeNull();
  return { path, catalogId: (await found()) as string };
}

it('is read by the player from more than one peer at once', async () => {
  const film = await longFilm();
  ({ catalogId } = film);
  const peers = await twoMorePeers();
  const serving = () => peers.filter((peer) => peer.status().streams.active > 0).length;
  const platform = createNodePlatform({ origin: stack.origin });
  const parts: Uint8Array[] = [];
  try {
    const { sources } = await readFilm({
      platform,
      catalogId,
      onBytes: async (part) => {
        parts.push(part);
        // The rest is longer than what is fetched meanwhile.
        if (parts.length === 1) await expect.poll(serving, WITHIN).toBeGreaterThan(0);
      },
    });
    expect(Buffer.concat(parts).equals(readFileSync(film.path))).toBe(true);
    expect(sources.filter(({ verifiedBytes }) => verifiedBytes > 0).length).toBeGreaterThan(1);
  } finally {
    platform.close();
  }
  expect(await slotsTaken()).toBe(0);
}, 240_000);
