import { createFilmReader, failureOf, type Link } from '@giggityflix/player';
import { PlayerError } from './failure.ts';
import type { FilmStream } from './film-stream.ts';
import { takesType } from './media-source.ts';
import type { RemuxedFilm } from './remux.ts';

/** A film that the page repackages itself, from verified bytes of whichever peer gives them. */
export function createRemuxedStream(link: Link): FilmStream {
  let isClosed = false;
  let film: Promise<RemuxedFilm> | null = null;
  const openFilm = async (): Promise<RemuxedFilm> => {
    const reader = createFilmReader(link);
    const [{ opened }, { openRemuxed }] = await Promise.all([link.connection(), import('./remux.ts')]);
    const { sizeBytes } = await reader.describe();
    const remuxed = await openRemuxed({
      bytes: { sizeBytes, read: reader.read },
      takesType,
      knownSeconds: opened.durationSeconds ?? null,
      isConvertible: opened.conversions.includes('remux'),
    });
    if (isClosed) remuxed.close();
    return remuxed;
  };
  return {
    async open(seconds) {
      film ??= openFilm();
      try {
        const { mimeType, durationSeconds, from } = await film;
        const [{ opened }, { completeFrom, parts }] = await Promise.all([link.connection(), from(seconds)]);
        return {
          mimeType,
          startSeconds: 0,
          completeFrom,
          durationSeconds: opened.durationSeconds ?? durationSeconds,
          mayBreakOff: false,
          parts: () => unreadable(parts()),
          abandon() {},
        };
      } catch (error) {
        film = null;
        throw unread(error);
      }
    },
    close() {
      isClosed = true;
      void film?.then(
        (remuxed) => remuxed.close(),
        () => {},
      );
    },
  };
}

async function* unreadable(
  parts: AsyncGenerator<Uint8Array, void, void>,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* parts;
  } catch (error) {
    throw unread(error);
  }
}

/** The reader has asked every peer again and again: what it gives up on is not to be had. */
function unread(error: unknown): PlayerError {
  const failure = failureOf(error);
  return new PlayerError(
    failure.kind === 'refused' ? { kind: 'unreadable', reason: failure.reason } : failure,
  );
}
