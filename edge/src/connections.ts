import { v7 as uuidv7 } from 'uuid';
import type { PeerStream } from './peer-stream.ts';
import type { Speaker } from './translate.ts';

/** A registered stream and what is known of it. */
export interface Connection extends Speaker {
  readonly stream: PeerStream;
  readonly userAgent: string;
  /** When the last message came, in milliseconds since 1970. */
  lastHeardAt: number;
  /** When the edge says its next heartbeat. */
  nextHeartbeatAt: number;
  /** Playback sessions it serves, as it last told. */
  activeStreams: number;
  /** Highest sequence received on this connection; 0 before the first. */
  receivedSequence: number;
  /** Highest sequence of which all up to it are durable. */
  durableSequence: number;
  acknowledgedSequence: number;
  inFlightMessages: number;
  inFlightBytes: number;
  held: boolean;
  /** Set once the peer has been told that it is registered; commands wait for it. */
  registered: boolean;
  closed: boolean;
}

/** A connection that nothing was heard on yet. */
export function newConnection(
  speaker: Speaker,
  stream: PeerStream,
  userAgent: string,
  nextHeartbeatAt: number,
): Connection {
  return {
    ...speaker,
    stream,
    userAgent,
    lastHeardAt: Date.now(),
    nextHeartbeatAt,
    activeStreams: 0,
    receivedSequence: 0,
    durableSequence: 0,
    acknowledgedSequence: 0,
    inFlightMessages: 0,
    inFlightBytes: 0,
    held: false,
    registered: false,
    closed: false,
  };
}

/** The registered connections of this edge, at most one for each peer. */
export function createConnections() {
  const byPeer = new Map<string, Connection>();
  const awaited = new Map<string, Set<() => void>>();
  return {
    get: (peerId: string): Connection | undefined => byPeer.get(peerId),
    /** Adds a connection and returns the one it takes the place of. */
    put(connection: Connection): Connection | undefined {
      const previous = byPeer.get(connection.peerId);
      byPeer.set(connection.peerId, connection);
      return previous;
    },
    /** Removes this very connection; a newer one of the same peer stays. */
    remove(connection: Connection): void {
      if (byPeer.get(connection.peerId) === connection) byPeer.delete(connection.peerId);
    },
    /** Says that a connection is registered, to those who wait for it. */
    arrived(connection: Connection): void {
      for (const resolve of [...(awaited.get(connection.peerId) ?? [])]) resolve();
    },
    /** Resolves with the peer's connection once it has arrived, or with whatever there is after `ms`. */
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
      return byPeer.get(peerId);
    },
    /** Lets nobody wait any longer. */
    releaseArrivals(): void {
      for (const waiting of [...awaited.values()]) for (const resolve of [...waiting]) resolve();
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
