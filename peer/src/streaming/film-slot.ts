import type { ViewerMessage } from '@giggityflix/proto/data-channel';
import type { Refusal, RenditionRequest } from '../renditions/rendition.ts';
import type { OpenedFilm } from '../renditions/rendition-opener.ts';

type OpenRequest = ViewerMessage & { type: 'open' };

/**
 * The one film a viewer has open, in one form. Opens run one after the other, since each lets go of what the one before
 * held, and the last one counts: an open that is overtaken is cancelled and says nothing.
 */
export interface FilmSlot {
  open(request: OpenRequest): void;
  /** Null while nothing is open, or another form is being opened. */
  film(): OpenedFilm | null;
  /** Of the film that was opened last, whatever it is opened as meanwhile. */
  contents(): OpenedFilm['contents'] | null;
  /** Resolves once the film is closed and no rendition is being begun. */
  close(): Promise<void>;
}

export function createFilmSlot(options: {
  /** Whether the request may be served; false once it has been answered. */
  permit(request: OpenRequest): Promise<boolean>;
  openRendition(
    request: RenditionRequest,
    signal: AbortSignal,
    onQueued?: (position: number) => void,
  ): Promise<OpenedFilm | Refusal>;
  /** The request waits for a peer that converts as much as it can; called with each place in its queue. */
  onQueued(position: number, request: OpenRequest): void;
  /** Nothing is open, and nothing is being opened. */
  onIdle(): void;
  /** Called before the film that is open is closed in favour of another form. */
  onReplaced(): void;
  onOpened(film: OpenedFilm, request: OpenRequest): void;
  onRefused(refusal: Refusal, id: number | undefined): void;
  onFailed(error: unknown, id: number | undefined): void;
}): FilmSlot {
  let film: OpenedFilm | null = null;
  let contents: OpenedFilm['contents'] | null = null;
  let latest: AbortController | null = null;
  let queue: Promise<void> = Promise.resolve();
  /** A rendition is being begun or ended, which a close has to wait for. */
  let changing = false;

  const change = async <T>(work: () => Promise<T>): Promise<T> => {
    changing = true;
    try {
      return await work();
    } finally {
      changing = false;
    }
  };

  const openNow = async (request: OpenRequest, signal: AbortSignal): Promise<void> => {
    if (signal.aborted || !(await options.permit(request)) || signal.aborted) return;
    const onQueued = (position: number) => {
      if (!signal.aborted) options.onQueued(position, request);
    };
    const next = await change(() =>
      options.openRendition(request, signal, request.queue ? onQueued : undefined),
    );
    if ('error' in next) {
      if (!signal.aborted) options.onRefused(next, request.id);
      return;
    }
    if (signal.aborted) return change(() => next.close());
    film = next;
    contents = next.contents;
    options.onOpened(next, request);
  };

  return {
    open(request) {
      latest?.abort();
      const mine = new AbortController();
      latest = mine;
      options.onReplaced();
      const before = film;
      film = null;
      queue = queue
        .then(() => change(async () => before?.close()))
        .then(() => openNow(request, mine.signal))
        .catch((error: unknown) => {
          if (!mine.signal.aborted) options.onFailed(error, request.id);
        })
        .then(() => {
          if (!mine.signal.aborted && !film) options.onIdle();
        });
    },
    film: () => film,
    contents: () => contents,
    async close() {
      latest?.abort();
      if (changing) await queue;
      await film?.close();
      film = null;
      options.onIdle();
    },
  };
}
