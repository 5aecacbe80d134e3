import type { Link, ViewerClient } from '@giggityflix/player';
import { PIECE_SIZE } from '@giggityflix/proto/data-channel';
import type { FilmStream } from './film-stream.ts';

/** Pieces asked for at a time: 16 MiB if they are whole. */
const PIECES_PER_READ = 64;

/**
 * A film that its peer converts on the fly, a new conversion for each place.
 *
 * @param isOpen the link has just been opened for the form and place that are wanted first
 */
export function createConvertedStream(link: Link, isOpen: boolean): FilmStream {
  let isFresh = isOpen;
  return {
    async open() {
      const connection = isFresh ? await link.connection() : await link.reopen();
      isFresh = false;
      const { mimeType, startSeconds, durationSeconds } = connection.opened;
      return {
        mimeType,
        startSeconds,
        durationSeconds: durationSeconds ?? null,
        mayBreakOff: true,
        parts: () => readOn(connection.client),
        abandon: () => link.abandon(connection),
      };
    },
    close() {},
  };
}

async function* readOn(client: ViewerClient): AsyncGenerator<Uint8Array, void, void> {
  for (let next = 0; ; ) {
    const end = next + PIECES_PER_READ;
    for await (const piece of client.read(next * PIECE_SIZE, end * PIECE_SIZE)) {
      next = piece.index + 1;
      yield piece.data;
    }
    if (next < end) return;
  }
}
