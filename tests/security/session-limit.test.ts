import { on } from '@giggityflix/bus';
import { createLogger } from '@giggityflix/kernel';
import { catalogIdToBuffer, type PlaybackSignal } from '@giggityflix/proto';
import { DATA_CHANNEL_LABEL } from '@giggityflix/proto/data-channel';
import { createMetrics } from '@giggityflix/telemetry';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createStreaming, type Streaming } from '../../peer/src/streaming/streaming.ts';
import type { RtcEvents } from '../../peer/src/webrtc/rtc.ts';
import { shareRandomFile, TEST_STREAMING } from '../../peer/testing/streaming.ts';
import { PEERS, type RunningViewing, startViewing } from '../../subgraphs/viewing/testing/harness.ts';

const LIMIT = 2;
/** An ended session streams no longer than this. */
const ENDS_WITHIN = { timeout: 2_000, interval: 10 };

let viewing: RunningViewing;
let file: Awaited<ReturnType<typeof shareRandomFile>>;
const peers = new Map<string, Streaming>();
/** The peers' ends of what viewers offered, by the peer and the text of the offer. */
const offered = new Map<string, RtcEvents>();
let stopEdge: () => Promise<void>;

beforeAll(async () => {
  file = await shareRandomFile(1_000);
  viewing = await startViewing(
    { HEARTBEAT_INTERVAL: '300ms', MAX_CONCURRENT_STREAMS: String(LIMIT) },
    {
      availability: {
        check: async () => 'available',
        choosePeer: async (_id, excluded) => PEERS.find(({ peerId }) => !excluded.includes(peerId)) ?? null,
        durationOf: async () => 100,
        close: async () => {},
      },
    },
  );
  const jwks = JSON.stringify((await viewing.call('GET', '/.well-known/jwks.json')).body);
  for (const { peerId } of PEERS) peers.set(peerId, startPeer(peerId, jwks));
  const edge = await viewing.bus.broadcast({
    routes: [
      on(viewing.config.topics.edgeCommands('edge-1'), async ({ value }) => {
        const { session_id, signal, account } = value.parameters as {
          session_id: string;
          account?: string;
          signal: { kind: string; description?: { type: string; sdp: string }; reason?: string };
        };
        peers.get(value.peer_id)?.handleSignal({
          sessionId: session_id,
          catalogId: catalogIdToBuffer(file.catalogId),
          account,
          iceServers: [],
          signal: signal.description
            ? { $case: 'description', value: signal.description }
            : { $case: 'lost', value: { reason: signal.reason ?? '' } },
        } satisfies PlaybackSignal);
      }),
    ],
  });
  stopEdge = edge.stop;
});
afterAll(async () => {
  await stopEdge?.();
  for (const peer of peers.values()) await peer.stop();
  await viewing?.stop();
  await file?.remove();
});

/** A peer whose viewers need no network. */
function startPeer(peerId: string, jwks: string): Streaming {
  const peer = createStreaming(TEST_STREAMING, {
    content: file.source,
    sendSignal: () => {},
    requestKeySet: () => {},
    logger: createLogger({ service: 'peer', level: 'silent' }),
    metrics: createMetrics('peer', { processMetrics: false }),
    createConnection: (_servers, events) => ({
      async answer(sdp) {
        offered.set(`${peerId} ${sdp}`, events);
        return 'v=0';
      },
      addCandidate: async () => {},
      viewerAddress: () => null,
      close: () => {},
    }),
  });
  peer.setKeySet(jwks);
  return peer;
}

/** Opens the channel of an offer with a token, and keeps it whatever the peer says. */
function openChannel(events: RtcEvents, token: string): void {
  let receive: (message: string) => void = () => {};
  let closed = () => {};
  events.channel({
    label: DATA_CHANNEL_LABEL,
    maxMessageBytes: 65_536,
    send: () => true,
    bufferedAmount: () => 0,
    drained: async () => {},
    onMessage: (listener) => {
      receive = listener;
    },
    onClose: (listener) => {
      closed = listener;
    },
    close: () => closed(),
  });
  receive(JSON.stringify({ type: 'open', token, catalogId: file.catalogId }));
}

interface Watched {
  id: string;
  token: string;
  offers: string[];
}

type Step =
  | { kind: 'create' | 'expire' | 'watch' }
  | { kind: 'offer' | 'open' | 'heartbeat' | 'stop' | 'terminate'; which: number };

const steps = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.constant<Step>({ kind: 'create' }) },
    // An offer and its channel at once, as most sessions begin.
    { weight: 6, arbitrary: fc.constant<Step>({ kind: 'watch' }) },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: 'expire' }) },
    {
      weight: 12,
      arbitrary: fc.record({
        kind: fc.constantFrom('offer', 'open', 'open', 'heartbeat', 'stop', 'terminate'),
        which: fc.nat(5),
      }) as fc.Arbitrary<Step>,
    },
  ),
  { minLength: 4, maxLength: 25 },
);

it.each([
  ['from one peer each', 1, 12, ENDS_WITHIN],
  ['from several peers each', 3, 8, { timeout: 60_000, interval: 10 }],
])(
  'never lets more sessions stream than an account may have, %s, whatever the order of calls',
  async (_, sources, numRuns, within) => {
    /** Whom a service without credentials takes everyone for. */
    const userId = 'demo';
    let most = 0;
    const property = fc.asyncProperty(steps, async (list) => {
      const watched: Watched[] = [];
      /** What the attacker's sessions stream, at all peers. */
      const streaming = () =>
        [...peers.values()]
          .flatMap((peer) => peer.viewers())
          .filter(({ sessionId, state }) => state !== 'opening' && watched.some(({ id }) => id === sessionId))
          .map(({ sessionId }) => sessionId);
      const live = async (): Promise<string[]> =>
        (await viewing.call('GET', `/api/concurrency/${userId}`)).body.active_sessions;
      const session = (path: string) => `/api/playback/session/${path}`;

      const take = async (step: Step): Promise<void> => {
        if (step.kind === 'create') {
          const { status, body } = await viewing.call('POST', '/api/playback/session', {
            user_id: userId,
            profile_id: 'p',
            content_id: file.catalogId,
            device_id: 'd',
          });
          if (status === 201)
            watched.push({ id: body.session.session_id, token: body.playback_token, offers: [] });
          return;
        }
        if (step.kind === 'expire') return void (await expect.poll(live).toEqual([]));
        if (step.kind === 'watch') {
          const before = watched.length;
          await take({ kind: 'create' });
          if (watched.length === before) return;
          for (let n = 0; n < sources; n += 1) await take({ kind: 'offer', which: before });
          return take({ kind: 'open', which: before });
        }
        if (!('which' in step)) return;
        const target = watched.at(step.which % Math.max(1, watched.length));
        if (!target) return;
        const { id } = target;
        switch (step.kind) {
          case 'heartbeat': {
            const { body } = await viewing.call('POST', session(`${id}/heartbeat`), { position: 1 });
            target.token = body.playback_token ?? target.token;
            return;
          }
          case 'stop':
            return void (await viewing.call('POST', session(`${id}/stop`)));
          case 'terminate':
            return void (await viewing.call('DELETE', session(`${id}/terminate`)));
          case 'offer': {
            const sdp = `${id} ${target.offers.length}`;
            target.offers.push(sdp);
            const { data } = await viewing.graphql(
              'mutation ($id: ID!, $sdp: String!, $source: Int) { sendPlaybackSignal(sessionId: $id, signal: { offer: { sdp: $sdp } }, source: $source) { accepted } }',
              { id, sdp, source: (target.offers.length - 1) % sources },
            );
            if (data?.sendPlaybackSignal?.accepted)
              await expect.poll(() => [...offered.keys()].some((key) => key.endsWith(` ${sdp}`))).toBe(true);
            return;
          }
          case 'open':
            for (const { peerId } of PEERS)
              for (const sdp of target.offers) {
                const events = offered.get(`${peerId} ${sdp}`);
                if (events) openChannel(events, target.token);
              }
            // Tokens are checked meanwhile.
            await live();
        }
      };

      for (const step of list) {
        await take(step);
        await expect.poll(() => streaming().length, within).toBeLessThanOrEqual(LIMIT * sources);
        await expect.poll(() => new Set(streaming()).size, within).toBeLessThanOrEqual(LIMIT);
        await expect
          .poll(async () => {
            const holders = await live();
            return streaming().filter((id) => !holders.includes(id));
          }, within)
          .toEqual([]);
        // A session that ended gives its place at once, and its peer hears of it a moment later.
        most = Math.max(most, streaming().length);
      }
      // Nothing of this run is left for the next one.
      for (const { id } of watched) await viewing.call('POST', session(`${id}/stop`));
      await expect.poll(() => streaming(), within).toEqual([]);
    });
    // Histories rarely miss the limit, and this one never does.
    const examples: [Step[]][] = [[[{ kind: 'watch' }, { kind: 'watch' }]]];
    await fc.assert(property, { numRuns, examples, endOnFailure: true });
    // The limit was reached: the streams were real.
    expect(most).toBe(LIMIT * sources);
  },
  240_000,
);
