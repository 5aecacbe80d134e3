import type { createEventHub } from '@giggityflix/kernel';
import type { PlaybackSignal } from '@giggityflix/proto';
import { SESSION_ENDED } from '@giggityflix/proto/lost-reasons';
import { GraphQLError } from 'graphql';

/** Something that takes the signals of a session, as a peer does. */
export interface SignalTarget {
  peerId: string;
  handleSignal(signal: PlaybackSignal): void;
}

/** As subscribers get it. */
interface SourceEvent {
  source: number;
  [field: string]: unknown;
}

const isAnswer = ({ __typename }: SourceEvent) => __typename !== 'IceCandidate';
/** As in the viewing service. */
const ANSWER_WAIT_MS = 300;

/** What a player sends for one source of its session. */
interface Sent {
  sessionId: string;
  source?: number | null;
  signal: { offer?: { sdp: string } | null; candidate?: unknown };
}

/**
 * Brings the sources of sessions and peers together as the viewing service does: each peer serves one source of a session, and one that
 * sent what is not of the film serves no other.
 */
export function createFakeSignalling(options: {
  catalogId: string;
  hub: Pick<ReturnType<typeof createEventHub<object>>, 'emit' | 'read'>;
  /** Those that are there now. */
  peers(): readonly SignalTarget[];
}) {
  const { hub } = options;
  /** Of each session, by the number of the source. */
  const serving = new Map<string, Map<number, SignalTarget>>();
  const signalled = new Map<string, SourceEvent[]>();
  const left: { peerId: string; source: number; problem: string | null }[] = [];

  const servingOf = (sessionId: string) => {
    const sources = serving.get(sessionId) ?? new Map<number, SignalTarget>();
    serving.set(sessionId, sources);
    return sources;
  };
  const tell = (peer: SignalTarget, sessionId: string, signal: PlaybackSignal['signal']) =>
    peer.handleSignal({
      sessionId,
      catalogId: Buffer.from(options.catalogId, 'hex'),
      iceServers: [],
      signal,
    });
  /** One that serves nothing else of the session, another one than before where there is one. */
  const choose = (sessionId: string, source: number): SignalTarget | undefined => {
    const sources = servingOf(sessionId);
    const taken = new Set([...sources].filter(([other]) => other !== source).map(([, peer]) => peer.peerId));
    const liars = new Set(left.filter(({ problem }) => problem === 'NOT_PROVEN').map(({ peerId }) => peerId));
    const able = options.peers().filter(({ peerId }) => !taken.has(peerId) && !liars.has(peerId));
    return able.find(({ peerId }) => peerId !== sources.get(source)?.peerId) ?? able[0];
  };
  const emit = (sessionId: string, event: SourceEvent) => {
    const events = signalled.get(sessionId) ?? [];
    events.push(event);
    signalled.set(sessionId, events);
    hub.emit(sessionId, event);
  };

  /** @throws GraphQLError CONTENT_UNAVAILABLE when no peer has the film, and the source is the first */
  const send = ({ sessionId, source: given, signal }: Sent): { accepted: boolean } => {
    const source = given ?? 0;
    const sources = servingOf(sessionId);
    if (signal.offer) {
      const chosen = choose(sessionId, source);
      if (!chosen && source === 0)
        throw new GraphQLError('no peer has the film now', { extensions: { code: 'CONTENT_UNAVAILABLE' } });
      if (!chosen) return { accepted: false };
      sources.set(source, chosen);
      const others = (signalled.get(sessionId) ?? []).filter((event) => event.source !== source);
      signalled.set(sessionId, others);
    }
    const peer = sources.get(source);
    if (!peer) return { accepted: false };
    const passed = signal.offer
      ? { $case: 'description', value: { type: 'offer', sdp: signal.offer.sdp } }
      : { $case: 'candidate', value: signal.candidate };
    tell(peer, sessionId, passed as PlaybackSignal['signal']);
    return { accepted: true };
  };

  return {
    left,
    servedBy: (sessionId: string, source = 0) => serving.get(sessionId)?.get(source)?.peerId,
    /** What the peers have signalled since the last offers. */
    signalled: (sessionId: string): readonly object[] => [...(signalled.get(sessionId) ?? [])],
    send,
    /** Sends the offer that comes with the request for a session, and gives what its peer signals first; null where there is no peer. */
    async offerFirst(sessionId: string, offer: { sdp: string }): Promise<SourceEvent[] | null> {
      if (!choose(sessionId, 0)) return null;
      const live = hub.read([sessionId]);
      send({ sessionId, signal: { offer } });
      const timer = setTimeout(() => void live.return?.(), ANSWER_WAIT_MS);
      for await (const _ of live) if (signalled.get(sessionId)?.some(isAnswer)) break;
      clearTimeout(timer);
      return [...(signalled.get(sessionId) ?? [])];
    },
    leave(sessionId: string, source: number, problem: string | null): { left: boolean } {
      const peer = servingOf(sessionId).get(source);
      if (!peer) return { left: false };
      left.push({ peerId: peer.peerId, source, problem });
      servingOf(sessionId).delete(source);
      return { left: true };
    },
    /** What a peer signals, on its way to the player; without its name it serves the first source. */
    relay({ sessionId, signal: sent }: PlaybackSignal, peerId?: string) {
      const source =
        peerId === undefined ? 0 : [...servingOf(sessionId)].find(([, peer]) => peer.peerId === peerId)?.[0];
      if (source === undefined) return;
      if (sent?.$case === 'description')
        emit(sessionId, { source, __typename: 'SessionDescription', ...sent.value });
      else if (sent?.$case === 'candidate')
        emit(sessionId, { source, __typename: 'IceCandidate', ...sent.value });
      else
        emit(sessionId, {
          source,
          __typename: 'PeerLost',
          peerId: peerId ?? 'peer',
          reason: sent?.value.reason === 'BUSY' ? 'BUSY' : null,
        });
    },
    /** The player hears that the peer of its first source is lost. */
    lose(sessionId: string) {
      const peerId = serving.get(sessionId)?.get(0)?.peerId ?? '';
      emit(sessionId, { source: 0, __typename: 'PeerLost', peerId });
    },
    /** The peers hear that the sessions have ended; gives their ids. */
    endSessions(): string[] {
      for (const [sessionId, sources] of serving)
        for (const peer of sources.values())
          tell(peer, sessionId, { $case: 'lost', value: { reason: SESSION_ENDED } as never });
      return [...serving.keys()];
    },
  };
}
