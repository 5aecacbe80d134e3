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

/** The registered connections of this edge, at most one for each peer. */
export function createConnections() {
  const byPeer = new Map<string, Connection>();
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
