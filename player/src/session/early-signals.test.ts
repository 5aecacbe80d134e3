import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { GraphQLClient } from '../ports/graphql.ts';
import type { SignalEvent } from './operations.ts';
import { createSignalling, type PeerSignal } from './signalling.ts';

function setUp(early: readonly PeerSignal[]) {
  let next: (event: SignalEvent) => void = () => {};
  const graphql: GraphQLClient = {
    request: async <T>() => ({ sendPlaybackSignal: { accepted: true } }) as T,
    subscribe: (_query, _variables, handlers) => {
      next = handlers.next as typeof next;
      return () => {};
    },
  };
  const signalling = createSignalling(graphql, 'session-1', early);
  const received: PeerSignal[] = [];
  return {
    signalling,
    received,
    arrive: (signal: PeerSignal) => next({ playbackSignals: signal }),
    listen: () => signalling.source(0).onSignal((signal) => void received.push(signal)),
  };
}

const answer: PeerSignal = { __typename: 'SessionDescription', type: 'answer', sdp: 'v=0', source: 0 };

it('gives what came with the session to the first listener of source 0 alone', () => {
  const { signalling, listen, received } = setUp([answer]);
  const others: PeerSignal[] = [];
  signalling.source(1).onSignal((signal) => void others.push(signal));
  listen();
  expect([received, others]).toEqual([[answer], []]);
  const later: PeerSignal[] = [];
  signalling.source(0).onSignal((signal) => void later.push(signal));
  expect(later).toEqual([]);
});

it('says once that the peer is lost, and not to those who offer to the next one', () => {
  const busy: PeerSignal = { __typename: 'PeerLost', peerId: 'full', reason: 'BUSY', source: 0 };
  const { arrive, listen, received, signalling } = setUp([busy]);
  listen();
  // The subscription begins with what came with the session.
  arrive(busy);
  expect(received).toEqual([busy]);
  const next: PeerSignal[] = [];
  signalling.source(0).onSignal((signal) => void next.push(signal));
  arrive(answer);
  expect(next).toEqual([answer]);
});

it('delivers each signal once and in order, however much of it comes twice, early or late', () => {
  const candidateOf = (at: number): PeerSignal => ({
    __typename: 'IceCandidate',
    candidate: `candidate:${at}`,
    sdpMid: '0',
    sdpMLineIndex: 0,
    source: 0,
  });
  fc.assert(
    fc.property(
      fc.nat({ max: 6 }),
      fc.nat({ max: 6 }),
      fc.array(fc.nat({ max: 6 }), { maxLength: 5 }),
      (candidates, splitAt, repeated) => {
        const all = [answer, ...Array.from({ length: candidates }, (_, at) => candidateOf(at))];
        const { arrive, listen, received } = setUp(all.slice(0, splitAt));
        listen();
        // The subscription begins with what came with the session, and may begin again at any time.
        for (const at of repeated) for (const signal of all.slice(0, Math.min(at, splitAt))) arrive(signal);
        for (const signal of all) arrive(signal);
        for (const at of repeated) for (const signal of all.slice(0, at)) arrive(signal);
        expect(received).toEqual(all);
      },
    ),
  );
});
