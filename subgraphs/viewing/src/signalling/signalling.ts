import { createHash, randomUUID } from 'node:crypto';
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
import type { IceServer } from './ice-servers.ts';
import type { NegotiationStore, StoredSignal } from './negotiations.ts';

/** How long a signal is of use to the peer, in milliseconds: after it the player has started another attempt. */
const SIGNAL_LIFETIME_MS = 10_000;

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

/** What a player receives: the peer's signal, or that the peer is lost. */
export type PlayerSignal =
  | Exclude<Signal, { kind: 'lost' }>
  | { kind: 'lost'; peerId: string; reason: string };

interface PeerBoundSignal {
  signal: Signal;
  lifetimeMs?: number;
  ice_servers?: IceServer[];
  account?: string;
}

export type SendResult = 'sent' | 'no_peer' | 'not_negotiating';

export interface Signalling extends Service {
  /**
   * Sends a player's signal to the peer that serves its session. An offer chooses the peer.
   * `not_negotiating`: something other than an offer, while no peer serves the session.
   */
  send(session: Session, signal: Exclude<Signal, { kind: 'lost' }>): Promise<SendResult>;
  /**
   * The commands that end an ended session at each peer it was offered to. Their peers refuse the session from then on, so that
   * they may come more than once, and before an offer that was on its way.
   */
  endings(session: Pick<Session, 'id' | 'catalogId'>): Promise<OutgoingRecord<EdgeCommand>[]>;
  /** What the peer signals: first what was missed since the last offer, then what comes. */
  receive(sessionId: string): AsyncIterableIterator<PlayerSignal>;
}

export function createSignalling(deps: {
  bus: Bus;
  topics: Topics;
  negotiations: NegotiationStore;
  availability: Pick<Availability, 'choosePeer'>;
  iceServers(session: Session): IceServer[];
  /** The longest life of a playback token, in milliseconds: so long a peer that is not connected can still be reached. */
  tokenLifetimeMs: number;
  logger: Logger;
}): Signalling {
  const { bus, topics, negotiations, availability, logger } = deps;
  const hub = createEventHub<StoredSignal>();
  let consumer: Consumer | null = null;

  const deliver = async (sessionId: string, delivered: StoredSignal) => {
    const outcome = await negotiations.append(sessionId, delivered);
    if (outcome === 'not_serving') {
      logger.debug(
        { sessionId, peerId: delivered.peerId },
        'ignored a signal from a peer that does not serve the session',
      );
      return;
    }
    hub.emit(sessionId, delivered);
  };
  const onClosed = async (event: PeerLifecycleEvent) => {
    if (event.event_type !== 'disconnected' || !PEER_IS_LOST.has(event.reason)) return;
    const signal: Signal = { kind: 'lost', reason: event.reason };
    for (const sessionId of await negotiations.servedBy(event.peer_id, event.connection_id))
      await deliver(sessionId, { id: `closed:${event.connection_id}`, signal, peerId: event.peer_id });
  };

  const choosePeer = async (session: Session): Promise<ServingPeer | null> => {
    const before = await negotiations.get(session.id);
    const lost = before?.lostPeerIds ?? [];
    // A new offer means that the last attempt failed: another peer first, then the same one, then those that were lost and may be back.
    const exclusions = [before?.peer ? [...lost, before.peer.peerId] : lost, lost, []];
    for (const [index, excluded] of exclusions.entries()) {
      if (index > 0 && excluded.length === exclusions[index - 1]?.length) continue;
      const peer = await availability.choosePeer(session.catalogId, excluded);
      if (peer) return peer;
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
  const offer = async (session: Session, peer: ServingPeer, signal: Signal) => {
    const former = (await negotiations.offeredTo(session.id)).at(-1);
    await negotiations.begin(session.id, peer);
    const commands = [
      command(session, peer, {
        signal,
        ice_servers: deps.iceServers(session),
        account: accountOf(session.userId),
      }),
    ];
    // A session is one stream: the peer it leaves does not go on serving it.
    if (former && former.peerId !== peer.peerId)
      commands.unshift(command(session, former, { signal: { kind: 'lost', reason: SESSION_MOVED } }));
    await bus.publish(commands);
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
    async send(session, signal) {
      if (signal.kind === 'description' && signal.description.type === 'offer') {
        const peer = await choosePeer(session);
        if (!peer) return 'no_peer';
        await offer(session, peer, signal);
        return 'sent';
      }
      const peer = (await negotiations.get(session.id))?.peer;
      if (!peer) return 'not_negotiating';
      await bus.publish(command(session, peer, { signal }));
      return 'sent';
    },
    async endings(session) {
      const ended: PeerBoundSignal = {
        signal: { kind: 'lost', reason: SESSION_ENDED },
        lifetimeMs: deps.tokenLifetimeMs,
      };
      return (await negotiations.offeredTo(session.id)).map((peer) => command(session, peer, ended));
    },
    receive(sessionId) {
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
    },
  };
}

/** Lets a peer distinguish accounts before it has seen a token, without a name. */
function accountOf(userId: string): string {
  return createHash('sha256').update(userId).digest('hex').slice(0, 16);
}

async function* replayThenFollow(
  missed: Promise<StoredSignal[]>,
  live: AsyncIterableIterator<StoredSignal>,
): AsyncGenerator<PlayerSignal> {
  const known = new Set<string>();
  for (const stored of await missed) {
    known.add(stored.id);
    yield toPlayer(stored);
  }
  for await (const stored of live) if (!known.delete(stored.id)) yield toPlayer(stored);
}

function toPlayer({ signal, peerId }: StoredSignal): PlayerSignal {
  return signal.kind === 'lost' ? { kind: 'lost', peerId, reason: signal.reason } : signal;
}
