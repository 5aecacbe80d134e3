import type { Opened } from '../channel/opening.ts';
import type { ReceivedPiece } from '../channel/viewer-client.ts';
import type { SourceProblem } from '../session/operations.ts';

/** What a source gives pieces through: the viewer's end of a channel on which the original is open. */
export interface PieceClient {
  /** Verified pieces in order; `signal` ends it at once. @throws ChannelError */
  read(start: number, end: number, signal?: AbortSignal): AsyncGenerator<ReceivedPiece, void, void>;
  /** All payload bytes received. */
  takenBytes(): number;
}

/** A connection to a peer that has opened the original. */
export interface SourceConnection {
  client: PieceClient & { renewToken(token: string): void };
  opened: Pick<Opened, 'sizeBytes' | 'durationSeconds'>;
  /** Settles with the reason once the peer is no longer there. */
  lost: Promise<string>;
  /** Says what was wrong with the peer, which has gone since. */
  blame(problem: SourceProblem): void;
  close(): void;
}
