import type { GraphQLClient, OfferChannel, Platform } from '@giggityflix/player';
import { globalTimers } from '@giggityflix/player';
import { nodeHashing, offerChannel } from '@giggityflix/player/node';
import type { PlaybackSignal } from '@giggityflix/proto';
import { createIssuer, createTestPeer, shareRandomFile } from '../../peer/testing/streaming.ts';

type Shared = Awaited<ReturnType<typeof shareRandomFile>>;

/** What a channel does to what its peer sends. */
type Tamper = (message: string | Uint8Array) => string | Uint8Array | null;

/** One session at peers that run in this process, over the real protocol and channels; only the gateway is not there. */
export async function createPeersOfOneFilm(sizeBytes: number, natures: { tamper?: Tamper; kbps?: number }[]) {
  const file: Shared = await shareRandomFile(sizeBytes);
  const issuer = await createIssuer();
  const sessionId = 'session-1';
  const catalogId = Buffer.from(file.catalogId, 'hex');
  const serving = new Map<number, number>();
  const demoted = new Set<number>();
  const gone = new Set<number>();
  const left: { source: number; problem: string | null }[] = [];
  let listener: (signal: object) => void = () => {};

  /** The peer that gave an answer. */
  const answeredBy = new Map<string, number>();
  const peers = natures.map(({ kbps }, number) =>
    createTestPeer(file.source, issuer.jwks, {
      ...(kbps ? { maxBandwidthKbps: kbps } : {}),
      sendSignal({ signal }) {
        const source = [...serving].find(([, peer]) => peer === number)?.[0];
        if (source === undefined || !signal) return;
        if (signal.$case === 'description') {
          answeredBy.set(signal.value.sdp, number);
          listener({ __typename: 'SessionDescription', source, ...signal.value });
        } else if (signal.$case === 'candidate')
          listener({ __typename: 'IceCandidate', source, ...signal.value, sdpMLineIndex: 0 });
        else listener({ __typename: 'PeerLost', source, peerId: `peer-${number}` });
      },
    }),
  );
  const choose = (source: number): number | null => {
    const taken = new Set([...serving].filter(([other]) => other !== source).map(([, peer]) => peer));
    const able = peers.map((_, number) => number).filter((number) => !taken.has(number) && !gone.has(number));
    const rank = (number: number) => Number(demoted.has(number)) * 2 + Number(serving.get(source) === number);
    return able.sort((one, other) => rank(one) - rank(other))[0] ?? null;
  };
  type Sent = { offer?: { sdp: string }; candidate?: object };
  const send = (source: number, { offer, candidate }: Sent): boolean => {
    if (offer) {
      const peer = choose(source);
      if (peer === null) serving.delete(source);
      else serving.set(source, peer);
    }
    const number = serving.get(source);
    if (number === undefined) return false;
    const signal = (
      offer
        ? { $case: 'description', value: { type: 'offer', sdp: offer.sdp } }
        : { $case: 'candidate', value: candidate }
    ) as PlaybackSignal['signal'];
    peers[number]?.streaming.handleSignal({ sessionId, catalogId, iceServers: [], signal });
    return true;
  };

  const graphql: GraphQLClient = {
    async request<T>(query: string, variables: Record<string, never> = {}) {
      const { source, problem, signal } = variables as unknown as {
        source: number;
        problem: string | null;
        signal: Sent;
      };
      if (query.includes('sendPlaybackSignal'))
        return { sendPlaybackSignal: { accepted: send(source, signal) } } as T;
      if (query.includes('leavePlaybackSource')) {
        left.push({ source, problem });
        const peer = serving.get(source);
        if (peer !== undefined && problem) demoted.add(peer);
        serving.delete(source);
        return { leavePlaybackSource: { left: peer !== undefined } } as T;
      }
      return { refreshPlaybackToken: { playbackToken: await issuer.sign(sessionId, file.catalogId) } } as T;
    },
    subscribe(_query, _variables, { next }) {
      listener = (playbackSignals) => next({ playbackSignals } as never);
      return () => {};
    },
  };
  const tampering: OfferChannel = (options, events) => {
    let tamper: Tamper | undefined;
    const channel = offerChannel(options, {
      ...events,
      message(message) {
        const given = tamper ? tamper(message) : message;
        if (given !== null) events.message(given);
      },
    });
    return {
      ...channel,
      accept(answer) {
        tamper = natures[answeredBy.get(answer) ?? -1]?.tamper;
        return channel.accept(answer);
      },
    };
  };
  const platform: Platform = { graphql, offerChannel: tampering, hashing: nodeHashing, timers: globalTimers };
  return {
    file,
    platform,
    left,
    created: {
      __typename: 'PlaybackSessionCreated' as const,
      session: { id: sessionId, positionSeconds: 0 },
      playbackToken: await issuer.sign(sessionId, file.catalogId),
      maxSources: 6,
      iceServers: [],
    },
    /** The peer ends, and nobody is sent to it any more. */
    async end(number: number) {
      gone.add(number);
      await peers[number]?.streaming.stop();
    },
    async stop() {
      await Promise.all(peers.map(({ streaming }) => streaming.stop()));
      await file.remove();
    },
  };
}
