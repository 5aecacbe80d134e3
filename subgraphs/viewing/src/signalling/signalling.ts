import { randomUUID } from 'node:crypto';
import {
  type Bus,
  type Consumer,
  type EdgeCommand,
  type OutgoingRecord,
  on,
  type PeerConnectionClosed,
  type PeerLifecycleEvent,
  type Route,
  type Signal,
  type Topics,
} from '@giggityflix/bus';
import { createEventHub, type Logger, READY, type Service } from '@giggityflix/kernel';
import { SESSION_ENDED, SESSION_MOVED } from '@giggityflix/proto/lost-reasons';
import type { Availability, ServingPeer } from '../availability/availability.ts';
import type { Session } from '../sessions/session.ts';
import { accountOf } from './account.ts';
import { choosePeer, type DemotedIds } from './choice.ts';
import type { IceServer } from './ice-servers.ts';
import {
  MAX_SOURCES,
  type NegotiationStore,
  type SourceProblem,
  type SourceSignal,
  type StoredSignal,
} from './negotiations.ts';

/** How long a signal is of use to the peer, in milliseconds: after it the player has started another attempt. */
const SIGNAL_LIFETIME_MS = 10_000;

/**
 * How long the request for a session waits for the peer's answer to its offer, in milliseconds: the player can do nothing before
 * it has that, and gets it by its subscription where it takes longer.
 */
const ANSWER_WAIT_MS = 300;

/**
 * Reasons of a peer's disconnection from its edge that mean that the peer is lost. A peer that moves to another edge
 * continues to serve: the data channel does not pass through the edge.
 */
const PEER_IS_LOST: ReadonlySet<PeerConnectionClosed['reason']> = new Set([
  'closed_by_peer',
  'stream_error',
  'timeout',
  'protocol_violation',
  'revoked',
]);

/** A signal of a player, or of a peer that is not lost. */
export type LiveSignal = Exclude<Signal, { kind: 'lost' }>;
/** What a player receives of a source: its peer's signal, or that the peer is lost. */
export type PlayerSignal = (LiveSignal | { kind: 'lost'; peerId: string; reason: string }) & {
  source: number;
};

interface PeerBoundSignal {
  signal: Signal;
  lifetimeMs?: number;
  ice_servers?: IceServer[];
  account?: string;
}

export type SendResult = 'sent' | 'no_peer' | 'not_negotiating';

export interface Signalling extends Service {
  /**
   * Sends a player's signal to the peer that serves a source of its session. An offer chooses the peer.
   * `not_negotiating`: something other than an offer, while no peer serves the source.
   */
  send(session: Session, source: number, signal: LiveSignal): Promise<SendResult>;
  /** Ends a session at the peer of one source; with a problem, the session does not come back to it. Null where none served. */
  leave(session: Session, source: number, problem: SourceProblem | null): Promise<ServingPeer | null>;
  /**
   * The commands that end an ended session at each peer it was offered to. Their peers refuse the session from then on, so that
   * they may come more than once, and before an offer that was on its way.
   */
  endings(session: Pick<Session, 'id' | 'catalogId'>): Promise<OutgoingRecord<EdgeCommand>[]>;
  /**
   * What the peer of source 0 has signalled since the offer to it, once its answer is there, or after a moment without one. The
   * answer has, for the most part, the peer's candidates, too.
   */
  firstSignals(sessionId: string): Promise<PlayerSignal[]>;
  /** What the peers signal: first what was missed since the last offers, then what comes. */
  receive(sessionId: string): AsyncIterableIterator<PlayerSignal>;
}

export function createSignalling(deps: {
  bus: Bus;
  topics: Topics;
  negotiations: NegotiationStore;
  availability: Pick<Availability, 'choosePeer'>;
  demotedIds: DemotedIds;
  iceServers(session: Session): IceServer[];
  /** The longest life of a playback token, in milliseconds: so long a peer that is not connected can still be reached. */
  tokenLifetimeMs: number;
  logger: Logger;
}): Signalling {
  const { bus, topics, negotiations, availability, demotedIds, logger } = deps;
  const hub = createEventHub<SourceSignal>();
  let consumer: Consumer | null = null;

  const deliver = async (sessionId: string, delivered: StoredSignal) => {
    const appended = await negotiations.append(sessionId, delivered);
    if (appended.outcome === 'not_serving') {
      logger.debug(
        { sessionId, peerId: delivered.peerId },
        'ignored a signal from a peer that does not serve the session',
      );
      return;
    }
    hub.emit(sessionId, { ...delivered, source: appended.source });
  };
  const onClosed = async (event: PeerLifecycleEvent) => {
    if (event.event_type !== 'disconnected' || !PEER_IS_LOST.has(event.reason)) return;
    const signal: Signal = { kind: 'lost', reason: event.reason };
    for (const sessionId of await negotiations.servedBy(event.peer_id, event.connection_id))
      await deliver(sessionId, { id: `closed:${event.connection_id}`, signal, peerId: event.peer_id });
  };

  /** Chooses the peer of a source and begins with it; another offer may take the peer meanwhile. */
  const begin = async (session: Session, source: number) => {
    const taken: string[] = [];
    while (taken.length < MAX_SOURCES) {
      const before = await negotiations.get(session.id);
      const { catalogId } = session;
      const peer = await choosePeer({ catalogId, source, before, taken }, { availability, demotedIds });
      if (!peer) return null;
      const begun = await negotiations.begin(session.id, source, peer);
      if (begun.begun) return { peer, former: begun.former };
      taken.push(peer.peerId);
    }
    return null;
  };
  const command = (
    session: Pick<Session, 'id' | 'catalogId'>,
    peer: ServingPeer,
    { signal, lifetimeMs = SIGNAL_LIFETIME_MS, ...parameters }: PeerBoundSignal,
  ): OutgoingRecord<EdgeCommand> => ({
    topic: topics.edgeCommands(peer.edgeId),
    key: peer.peerId,
    value: {
      type: 'stream_signal',
      request_id: randomUUID(),
      peer_id: peer.peerId,
      reply_to: null,
      expires_at: new Date(Date.now() + lifetimeMs).toISOString(),
      parameters: {
        session_id: session.id,
        catalog_id: session.catalogId,
        signal,
        ice_servers: [],
        ...parameters,
      },
    },
  });
  const moved = (session: Session, peer: ServingPeer) =>
    command(session, peer, { signal: { kind: 'lost', reason: SESSION_MOVED } });
  const offer = async (session: Session, source: number, signal: Signal): Promise<SendResult> => {
    const begun = await begin(session, source);
    if (!begun) return 'no_peer';
    const { peer, former } = begun;
    const offered = command(session, peer, {
      signal,
      ice_servers: deps.iceServers(session),
      account: accountOf(session.userId),
    });
    // A source is one stream: the peer it leaves does not go on serving it.
    await bus.publish(former ? [moved(session, former), offered] : [offered]);
    return 'sent';
  };

  const receive = (sessionId: string): AsyncIterableIterator<PlayerSignal> => {
    // Listening begins before the store is read, so that nothing falls between the two.
    const live = hub.read([sessionId]);
    const signals = replayThenFollow(negotiations.signals(sessionId), live);
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      next: () => signals.next(),
      // A generator that waits for the next signal handles `return` only after that wait.
      async return() {
        await live.return?.();
        return signals.return(undefined);
      },
    };
  };

  return {
    async start() {
      consumer = await bus.broadcast({
        routes: [
          on(topics.peerPlaybackSignals, (record) =>
            deliver(record.value.session_id, {
              id: `${record.partition}:${record.offset}`,
              signal: record.value.signal,
              peerId: record.value.peer_id,
            }),
          ),
          ...topics.peerLifecycle
            .filter(
              (topic) => topics.peerLifecycle.length === 1 || topic.name === topics.peerConnectionClosed.name,
            )
            .map((topic): Route => on(topic, (record) => onClosed(record.value))),
        ],
      });
    },
    async stop() {
      hub.close();
      await consumer?.stop();
      consumer = null;
    },
    ready: () => READY,
    async send(session, source, signal) {
      if (signal.kind === 'description' && signal.description.type === 'offer')
        return offer(session, source, signal);
      const serving = (await negotiations.get(session.id))?.serving;
      const peer = serving?.find((one) => one.source === source)?.peer;
      if (!peer) return 'not_negotiating';
      await bus.publish(command(session, peer, { signal }));
      return 'sent';
    },
    async leave(session, source, problem) {
      const peer = await negotiations.leave(session.id, source, problem);
      if (peer) await bus.publish(moved(session, peer));
      return peer;
    },
    async endings(session) {
      const ended: PeerBoundSignal = {
        signal: { kind: 'lost', reason: SESSION_ENDED },
        lifetimeMs: deps.tokenLifetimeMs,
      };
      return (await negotiations.offeredTo(session.id)).map((peer) => command(session, peer, ended));
    },
    async firstSignals(sessionId) {
      const signals = receive(sessionId);
      const timer = setTimeout(() => void signals.return?.(), ANSWER_WAIT_MS);
      const first: PlayerSignal[] = [];
      try {
        for await (const signal of signals) {
          if (signal.source !== 0) continue;
          first.push(signal);
          if (signal.kind !== 'candidate') break;
        }
      } finally {
        clearTimeout(timer);
      }
      return first;
    },
    receive,
  };
}

async function* replayThenFollow(
  missed: Promise<SourceSignal[]>,
  live: AsyncIterableIterator<SourceSignal>,
): AsyncGenerator<PlayerSignal> {
  const known = new Set<string>();
  for (const stored of await missed) {
    known.add(stored.id);
    yield toPlayer(stored);
  }
  for await (const stored of live) if (!known.delete(stored.id)) yield toPlayer(stored);
}

function toPlayer({ signal, peerId, source }: SourceSignal): PlayerSignal {
  return signal.kind === 'lost'
    ? { kind: 'lost', peerId, reason: signal.reason, source }
    : { ...signal, source };
}
