import { PIECE_SIZE } from '@giggityflix/proto/data-channel';
import { ChannelError } from '../channel/channel-error.ts';
import type { Link } from '../connection/link.ts';
import { globalTimers, type Timers, wait } from '../ports/timers.ts';

/** Verified pieces kept for the requests to come: 32 MiB. */
const CACHED_PIECES = 128;

/** Failures in a row, of whatever peers, before a read fails; with the waits between them some 10 s. */
const MAX_FAILURES = 5;
const FIRST_WAIT_MS = 300;

/** Bytes of a film, from whichever peer gives them. */
export interface FilmReader {
  /**
   * Parts of the range `start` to `end` (exclusive), in order; ending the iteration cancels it.
   * @throws Error when no peer can be reached, or none of those tried gave it.
   */
  read(start: number, end: number): AsyncGenerator<Uint8Array, void, void>;
  describe(): Promise<{ sizeBytes: number; mimeType: string }>;
}

export function createFilmReader(link: Link, timers: Timers = globalTimers): FilmReader {
  const cache = new Map<number, Uint8Array>();
  const keep = (index: number, data: Uint8Array) => {
    cache.delete(index);
    cache.set(index, data);
    if (cache.size > CACHED_PIECES) cache.delete(cache.keys().next().value as number);
  };

  return {
    async describe() {
      const { opened } = await link.connection();
      return { sizeBytes: opened.sizeBytes ?? 0, mimeType: opened.mimeType };
    },
    async *read(start, end) {
      const part = (index: number, data: Uint8Array) =>
        data.subarray(
          Math.max(0, start - index * PIECE_SIZE),
          Math.min(data.byteLength, end - index * PIECE_SIZE),
        );
      let at = start;
      let failures = 0;
      while (at < end) {
        const index = Math.floor(at / PIECE_SIZE);
        const cached = cache.get(index);
        if (cached) {
          keep(index, cached);
          at = (index + 1) * PIECE_SIZE;
          yield part(index, cached);
          continue;
        }
        const connection = await link.connection();
        try {
          for await (const piece of connection.client.read(at, end)) {
            failures = 0;
            keep(piece.index, piece.data);
            at = (piece.index + 1) * PIECE_SIZE;
            yield part(piece.index, piece.data);
          }
        } catch (error) {
          if (!(error instanceof ChannelError)) throw error;
          // Whatever it was, the film may still be had from another peer.
          link.abandon(connection);
          failures += 1;
          if (failures > MAX_FAILURES) throw error;
          if (error.code !== 'closed') await wait(timers, FIRST_WAIT_MS * 2 ** (failures - 1));
        }
      }
    },
  };
}
