import { PIECE_SIZE } from '@giggityflix/proto/data-channel';
import type { Link } from '../connection/link.ts';
import type { SwarmRead } from '../swarm/swarm.ts';

/** Bytes of a film, from whichever peers give them. */
export interface FilmReader {
  /**
   * Parts of the range `start` to `end` (exclusive), in order; ending the iteration cancels it at once.
   * @throws Error when no peer can be reached, or none of those tried gave it.
   */
  read(start: number, end: number): AsyncGenerator<Uint8Array, void, void>;
  /**
   * What the peer says that the link has now.
   *
   * @throws Error when no peer can be reached; once something of the film has been read, what the last one said is given instead.
   */
  describe(): Promise<FilmDescription>;
}

export interface FilmDescription {
  sizeBytes: number;
  mimeType: string;
}

export function createFilmReader(link: Pick<Link, 'connection' | 'sources'>): FilmReader {
  /** What the last peer said, which counts once a piece of that film was verified. */
  let said: FilmDescription | null = null;
  let isVerified = false;
  return {
    async describe() {
      const current = link.connection().then(({ opened }) => {
        said = { sizeBytes: opened.sizeBytes ?? 0, mimeType: opened.mimeType };
        return said;
      });
      const known = isVerified ? said : null;
      if (!known) return current;
      // Further sources may go on with the film while the link looks for another peer; one that it has answers within the turn.
      return Promise.race([current.catch(() => known), nextTurn().then(() => known)]);
    },
    read(start, end) {
      let pieces: SwarmRead | null = null;
      // With the first part that is asked for: one that nobody reads takes no room.
      const open = () => {
        pieces = link.sources.read(Math.floor(start / PIECE_SIZE), Math.ceil(end / PIECE_SIZE));
        return pieces;
      };
      const parts = partsOf(open, start, end, () => {
        isVerified = true;
      });
      const finish = parts.return.bind(parts);
      return Object.assign(parts, {
        // A generator that waits for its next piece would hear of it only once that has come.
        return() {
          pieces?.close();
          return finish();
        },
      });
    },
  };
}

const nextTurn = () => new Promise<void>((resolve) => setTimeout(resolve));

async function* partsOf(
  open: () => SwarmRead,
  start: number,
  end: number,
  onVerified: () => void,
): AsyncGenerator<Uint8Array, void, void> {
  const pieces = open();
  try {
    for (let piece = await pieces.next(); piece; piece = await pieces.next()) {
      onVerified();
      const at = piece.index * PIECE_SIZE;
      yield piece.data.subarray(Math.max(0, start - at), Math.min(piece.data.byteLength, end - at));
    }
  } finally {
    pieces.close();
  }
}
