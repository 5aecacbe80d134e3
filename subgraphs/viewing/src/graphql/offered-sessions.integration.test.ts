import { type Consumer, type EdgeCommand, on, type Signal } from '@giggityflix/bus';
import fc from 'fast-check';
import { createClient } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { MEDIA_FILE, PEERS, type RunningViewing, startViewing } from '../../testing/harness.ts';

const CREATE = `mutation Create($input: CreatePlaybackSessionInput!) {
  createPlaybackSession(input: $input) {
    __typename
    ... on PlaybackSessionCreated {
      session { id }
      offerAccepted
      signals { __typename ... on SessionDescription { type sdp source } ... on PeerLost { reason source } }
    }
  }
}`;
const SIGNALS = `subscription Signals($sessionId: ID!) {
  playbackSignals(sessionId: $sessionId) { __typename ... on SessionDescription { type sdp source } }
}`;
const SEND = `mutation Send($sessionId: ID!, $signal: PlaybackSignalInput!) {
  sendPlaybackSignal(sessionId: $sessionId, signal: $signal) { accepted }
}`;
const wanted = { profileId: 'p1', catalogId: MEDIA_FILE, deviceId: 'tv' };

interface Received {
  __typename: string;
  sdp?: string;
}
interface Created {
  session: { id: string };
  offerAccepted: boolean;
  signals: Received[];
}

let viewing: RunningViewing;
let edge: Consumer;
const offers: EdgeCommand[] = [];
/** What the peers do with an offer. */
let onOffer: (command: EdgeCommand) => unknown = () => {};

beforeAll(async () => {
  viewing = await startViewing({ MAX_CONCURRENT_STREAMS: '1000' });
  edge = await viewing.bus.broadcast({
    routes: [
      on(viewing.config.topics.edgeCommands('edge-1'), async ({ value }) => {
        if ((value.parameters.signal as Signal).kind !== 'description') return;
        offers.push(value);
        await onOffer(value);
      }),
    ],
  });
});
afterEach(() => {
  onOffer = () => {};
});
afterAll(async () => {
  await edge.stop();
  await viewing.stop();
});

const create = async (sdp?: string): Promise<Created> => {
  const { data } = await viewing.graphql(CREATE, {
    input: { ...wanted, ...(sdp === undefined ? {} : { offer: { type: 'offer', sdp } }) },
  });
  return data.createPlaybackSession;
};
const sessionOf = ({ parameters }: EdgeCommand) => parameters.session_id as string;
const answerTo = (sessionId: string): Signal => ({
  kind: 'description',
  description: { type: 'answer', sdp: `v=0 for ${sessionId}` },
});
const fromPeer = (sessionId: string, signal: Signal, peerId = PEERS[0]!.peerId) =>
  viewing.bus.publish({
    topic: viewing.config.topics.peerPlaybackSignals,
    key: sessionId,
    value: { session_id: sessionId, peer_id: peerId, signal, timestamp: new Date().toISOString() },
  });

function subscribe(sessionId: string) {
  const client = createClient({
    url: `${viewing.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  const received: Received[] = [];
  client.subscribe<{ playbackSignals: Received }>(
    { query: SIGNALS, variables: { sessionId } },
    { next: ({ data }) => void received.push(data!.playbackSignals), error: () => {}, complete: () => {} },
  );
  return { received, close: () => client.dispose() };
}

it('offers to a peer as soon as there is a session, and gives its answer with the session', async () => {
  onOffer = (command) => fromPeer(sessionOf(command), answerTo(sessionOf(command)));
  // The answer is waited for a moment only: on a busy machine a later session may be the first to have it.
  let created: Created | undefined;
  await expect
    .poll(
      async () => {
        created = await create('v=0 offer');
        return created.signals.length;
      },
      { timeout: 20_000 },
    )
    .toBe(1);
  const { session, offerAccepted, signals } = created!;
  expect(offerAccepted).toBe(true);
  expect(signals).toEqual([
    { __typename: 'SessionDescription', type: 'answer', sdp: `v=0 for ${session.id}`, source: 0 },
  ]);
  const sent = offers.filter((command) => sessionOf(command) === session.id);
  expect(sent.map(({ parameters }) => parameters.signal)).toEqual([
    { kind: 'description', description: { type: 'offer', sdp: 'v=0 offer' } },
  ]);
});

it('does not offer for a player that does not ask for it', async () => {
  const { session, offerAccepted, signals } = await create();
  expect([offerAccepted, signals]).toEqual([false, []]);
  const sent = await viewing.graphql(SEND, {
    sessionId: session.id,
    signal: { offer: { sdp: 'v=0 later' } },
  });
  expect(sent.data.sendPlaybackSignal.accepted).toBe(true);
  await expect.poll(() => offers.filter((command) => sessionOf(command) === session.id)).toHaveLength(1);
});

it('delivers an answer that takes longer by the subscription', async () => {
  const { session, offerAccepted, signals } = await create('v=0 offer');
  expect([offerAccepted, signals]).toEqual([true, []]);
  const player = subscribe(session.id);
  await fromPeer(session.id, answerTo(session.id));
  await expect.poll(() => player.received.map(({ sdp }) => sdp)).toEqual([`v=0 for ${session.id}`]);
  await player.close();
});

it('sends another offer of the session to another peer', async () => {
  const { session } = await create('v=0 first');
  await viewing.graphql(SEND, { sessionId: session.id, signal: { offer: { sdp: 'v=0 second' } } });
  const sent = () => offers.filter((command) => sessionOf(command) === session.id);
  await expect.poll(sent).toHaveLength(2);
  expect(new Set(sent().map(({ peer_id }) => peer_id)).size).toBe(2);
});

it.each([
  [{ sdp: 'x'.repeat(65_537) }, 'input.offer.sdp: is longer than 65536 characters'],
  [{ sdp: '' }, 'input.offer.sdp'],
  [{ type: 'answer', sdp: 'v=0' }, 'input.offer.type: expected offer'],
])('refuses a session with an offer that is none', async (offer, message) => {
  const before = offers.length;
  const { data, errors } = await viewing.graphql(CREATE, { input: { ...wanted, offer } });
  expect(data).toBeNull();
  expect(errors?.[0]?.message).toContain(message);
  expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  expect(offers).toHaveLength(before);
});

it('gives each session its own answer alone, in whatever order and however often peers signal', async () => {
  const signalled = fc.record({
    session: fc.nat({ max: 2 }),
    answersTo: fc.nat({ max: 2 }),
    byServing: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(signalled, { maxLength: 8 }), async (strays) => {
      const sessions = (await Promise.all([0, 1, 2].map((at) => create(`v=0 offer ${at}`)))).map(
        ({ session }) => session.id,
      );
      const players = sessions.map(subscribe);
      const servingOf = (id: string) => offers.find((command) => sessionOf(command) === id)!.peer_id;
      await expect.poll(() => sessions.every((id) => offers.some((one) => sessionOf(one) === id))).toBe(true);
      const heard = sessions.map(() => new Set<string>());
      for (const { session, answersTo, byServing } of strays) {
        const [to, of] = [sessions[session]!, sessions[answersTo]!];
        // Only the peer that serves a session is heard, whatever it says.
        const peerId = byServing ? servingOf(to) : 'peer-of-another';
        if (byServing) heard[session]!.add(`v=0 for ${of}`);
        await fromPeer(to, answerTo(of), peerId);
      }
      for (const [at, id] of sessions.entries()) {
        await fromPeer(
          id,
          { kind: 'description', description: { type: 'answer', sdp: `last ${id}` } },
          servingOf(id),
        );
        heard[at]!.add(`last ${id}`);
      }
      for (const [at, player] of players.entries()) {
        await expect
          .poll(() => player.received.at(-1)?.sdp, { timeout: 10_000 })
          .toBe(`last ${sessions[at]}`);
        expect(new Set(player.received.map(({ sdp }) => sdp))).toEqual(heard[at]);
        await player.close();
      }
    }),
    { numRuns: 5 },
  );
});
