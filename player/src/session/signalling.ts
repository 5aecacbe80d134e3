import { ChannelError } from '../channel/channel-error.ts';
import type { GraphQLClient } from '../ports/graphql.ts';
import type { IceCandidate } from '../ports/rtc.ts';
import {
  LEAVE_SOURCE,
  SEND_SIGNAL,
  type SendSignalResult,
  SIGNALS,
  type SignalEvent,
  type SourceProblem,
} from './operations.ts';

export type PeerSignal = SignalEvent['playbackSignals'];

/** Carries offers, answers and candidates between the player and the peer of one source. */
export interface Signalling {
  /**
   * Signals leave in the order given.
   * @throws GraphQLRequestError when the gateway refuses; ChannelError `no_peer` when no further peer has the film.
   */
  send(signal: { offer: { type: 'offer'; sdp: string } } | { candidate: IceCandidate }): Promise<void>;
  /** The offer has gone out with the request for the session. */
  offered(): void;
  /** Sets the only listener for what the peer signals from now on. */
  onSignal(listener: (signal: PeerSignal) => void): void;
  /** Says what was wrong with the peer that the offer went to; nothing once there has been another offer. */
  blame(problem: SourceProblem): void;
}

/** The signalling of a session: that of each of its sources. */
export interface SessionSignalling {
  /** For one offer to the source, and what follows it. */
  source(number: number): Signalling;
  /** The source is left; a signal to it that follows waits for this. */
  leave(source: number, problem: SourceProblem | null): void;
  close(): void;
}

/**
 * @param early what the peer of source 0 has signalled already. The subscription gives it again, and only it says that the peer is
 *   lost: said twice, it would be taken for the loss of the next one.
 */
export function createSignalling(
  graphql: GraphQLClient,
  sessionId: string,
  early: readonly PeerSignal[] = [],
): SessionSignalling {
  let undelivered = early.filter(({ __typename }) => __typename !== 'PeerLost');
  const listeners = new Map<number, (signal: PeerSignal) => void>();
  /** What each source sends last. */
  const sending = new Map<number, Promise<unknown>>();
  /** How many offers each has made. */
  const offers = new Map<number, number>();
  // A subscription that reconnects receives everything since the session began.
  const seen = new Set<string>();
  const unsubscribe = graphql.subscribe<SignalEvent>(
    SIGNALS,
    { sessionId },
    {
      next({ playbackSignals: signal }) {
        deliver(signal);
      },
    },
  );
  const deliver = (signal: PeerSignal) => {
    const text = JSON.stringify(signal);
    if (signal.__typename !== 'PeerLost' && seen.has(text)) return;
    seen.add(text);
    listeners.get(signal.source)?.(signal);
  };
  const inOrder = <T>(source: number, send: () => Promise<T>): Promise<T> => {
    const result = (sending.get(source) ?? Promise.resolve()).then(send);
    sending.set(
      source,
      result.catch(() => {}),
    );
    return result;
  };
  const leave = (source: number, problem: SourceProblem | null) => {
    const variables = { sessionId, source, problem };
    inOrder(source, () => graphql.request(LEAVE_SOURCE, variables, { keepalive: true })).catch(() => {});
  };
  const sourceOf = (number: number): Signalling => {
    let mine = 0;
    const offered = () => {
      mine = (offers.get(number) ?? 0) + 1;
      offers.set(number, mine);
    };
    return {
      offered,
      async send(signal) {
        if ('offer' in signal) offered();
        const { sendPlaybackSignal } = await inOrder(number, () =>
          graphql.request<SendSignalResult>(SEND_SIGNAL, { sessionId, signal, source: number }),
        );
        if ('offer' in signal && number > 0 && !sendPlaybackSignal.accepted)
          throw new ChannelError('no_peer', 'no further peer has the film');
      },
      onSignal(listener) {
        listeners.set(number, listener);
        if (number !== 0) return;
        const missed = undelivered;
        undelivered = [];
        missed.forEach(deliver);
      },
      blame(problem) {
        if (mine > 0 && offers.get(number) === mine) leave(number, problem);
      },
    };
  };
  return { source: sourceOf, leave, close: unsubscribe };
}
