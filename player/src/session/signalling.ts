import type { GraphQLClient } from '../ports/graphql.ts';
import type { IceCandidate } from '../ports/rtc.ts';
import { SEND_SIGNAL, SIGNALS, type SignalEvent } from './operations.ts';

export type PeerSignal = SignalEvent['playbackSignals'];

/** Carries offers, answers and candidates between the player and the peer that serves a session. */
export interface Signalling {
  /** Signals leave in the order given. @throws GraphQLRequestError when the gateway refuses. */
  send(signal: { offer: { type: 'offer'; sdp: string } } | { candidate: IceCandidate }): Promise<void>;
  /** Sets the only listener for what the peer signals from now on. */
  onSignal(listener: (signal: PeerSignal) => void): void;
  close(): void;
}

export function createSignalling(graphql: GraphQLClient, sessionId: string): Signalling {
  let listener: (signal: PeerSignal) => void = () => {};
  let sending: Promise<unknown> = Promise.resolve();
  // A subscription that reconnects receives everything since the session began.
  const seen = new Set<string>();
  const unsubscribe = graphql.subscribe<SignalEvent>(
    SIGNALS,
    { sessionId },
    {
      next({ playbackSignals: signal }) {
        const text = JSON.stringify(signal);
        if (signal.__typename !== 'PeerLost' && seen.has(text)) return;
        seen.add(text);
        listener(signal);
      },
    },
  );
  return {
    send(signal) {
      const result = sending.then(() => graphql.request(SEND_SIGNAL, { sessionId, signal }));
      sending = result.catch(() => {});
      return result.then(() => {});
    },
    onSignal(next) {
      listener = next;
    },
    close: unsubscribe,
  };
}
