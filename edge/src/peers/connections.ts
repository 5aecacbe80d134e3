import { v7 as uuidv7 } from 'uuid';
import type { PeerStream } from '../grpc/peer-stream.ts';
import type { ConnectionEntry } from './connection-directory.ts';
import type { StreamStates } from './stream-states.ts';

/** A peer's connection and what is known of it. */
export interface Connection extends ConnectionEntry {
  /** What its key derives: its peer id, unless that is a custom one. */
  readonly derivedId: string;
  readonly stream: PeerStream;
  /** What has happened to its stream; commands wait until it is `registered`. */
  readonly states: StreamStates;
  readonly userAgent: string;
  /** Version of the protocol that the peer chose. */
  readonly protocolVersion: number;
  /** When the last message came, in milliseconds since 1970. */
  lastReceivedAt: number;
  /** When the edge sends its next heartbeat. */
  nextHeartbeatAt: number;
  /** Playback sessions it serves, by its last heartbeat. */
  activeStreams: number;
  /** Highest sequence received on this connection; 0 before the first. */
  receivedSequence: number;
  /** Highest sequence of which all up to it are durable. */
  durableSequence: number;
  acknowledgedSequence: number;
  inFlightMessages: number;
  inFlightBytes: number;
  /** Its messages wait for their turn, so no more of them are read. */
  paced: boolean;
  held: boolean;
}

/** A connection that no message came on yet. */
export function newConnection(
  given: ConnectionEntry &
    Pick<Connection, 'derivedId' | 'stream' | 'states' | 'userAgent' | 'protocolVersion' | 'nextHeartbeatAt'>,
): Connection {
  return {
    ...given,
    lastReceivedAt: Date.now(),
    activeStreams: 0,
    receivedSequence: 0,
    durableSequence: 0,
    acknowledgedSequence: 0,
    inFlightMessages: 0,
    inFlightBytes: 0,
    paced: false,
    held: false,
  };
}

/** The open connections of this edge, at most one for each peer. */
export function createConnections() {
  const byPeer = new Map<string, Connection>();
  const awaited = new Map<string, Set<() => void>>();
  const registered = (peerId: string): Connection | undefined => {
    const connection = byPeer.get(peerId);
    return connection?.states.current === 'registered' ? connection : undefined;
  };
  return {
    get: (peerId: string): Connection | undefined => byPeer.get(peerId),
    /** The peer's connection, once it is registered. */
    registered,
    put(connection: Connection): void {
      byPeer.set(connection.peerId, connection);
    },
    /** Removes this very connection; a newer one of the same peer stays. */
    remove(connection: Connection): void {
      if (byPeer.get(connection.peerId) === connection) byPeer.delete(connection.peerId);
    },
    /** Resumes those who wait for this peer to be registered. */
    arrived(connection: Connection): void {
      for (const resolve of [...(awaited.get(connection.peerId) ?? [])]) resolve();
    },
    /** Resolves with the peer's registered connection, or with undefined after `ms` without one. */
    async arrival(peerId: string, ms: number): Promise<Connection | undefined> {
      const waiting = awaited.get(peerId) ?? new Set();
      awaited.set(peerId, waiting);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, ms);
        function done() {
          clearTimeout(timer);
          waiting.delete(done);
          if (waiting.size === 0) awaited.delete(peerId);
          resolve();
        }
        waiting.add(done);
      });
      return registered(peerId);
    },
    /** Ends every wait. */
    releaseArrivals(): void {
      for (const waiting of [...awaited.values()]) for (const resolve of [...waiting]) resolve();
    },
    /** All that a peer's revocation ends: those of its id, in any case of its letters, and those of its key. */
    related({ peerId, derivedId }: { peerId: string; derivedId: string | null }): Connection[] {
      const folded = peerId.toLowerCase();
      return [...byPeer.values()].filter(
        (connection) => connection.derivedId === derivedId || connection.peerId.toLowerCase() === folded,
      );
    },
    all: (): IterableIterator<Connection> => byPeer.values(),
    size: (): number => byPeer.size,
  };
}

export type Connections = ReturnType<typeof createConnections>;

/**
 * A UUIDv7 greater than `previous`, the peer's last connection id: a clock that was set back, or another
 * edge's that is ahead, must not make a new connection look older than the one before.
 */
export function nextConnectionId(previous: string | null): string {
  const id = uuidv7();
  if (previous === null || id > previous) return id;
  const previousMs = Number.parseInt(previous.replaceAll('-', '').slice(0, 12), 16);
  return uuidv7({ msecs: previousMs + 1 });
}
