import type { FilmReader } from '@giggityflix/player';
import type { SourceState } from './failure.ts';
import { randomId } from './random-id.ts';
import { serviceWorkerUrl } from './script-url.ts';

/** A range the service worker needs for a request of the video element. */
export interface RangeRequest {
  type: 'range';
  filmId: string;
  /** The `Range` header, if there was one. */
  range: string | null;
}

/** Longest answer to one request, in bytes: the element asks again for what follows. */
const MAX_RESPONSE_BYTES = 4 * 1_024 * 1_024;

/** A film under a URL of this page. */
export interface PublishedFilm extends SourceState {
  url: string;
  /** Whether the element has asked for bytes that have not come. */
  isWaiting(): boolean;
  withdraw(): void;
}

/** What was read of a film. */
interface Entry {
  film: FilmReader;
  parts: number;
  waiting: number;
  error: Error | null;
}

const films = new Map<string, Entry>();
let listening = false;

/**
 * Gives the URL under which a video element of this page finds a film, once the service worker has control of the page.
 * Nobody can guess it, and it is gone once the film is withdrawn.
 */
export async function publishFilm(film: FilmReader): Promise<PublishedFilm> {
  await takeControl();
  const filmId = randomId();
  if (!listening) {
    navigator.serviceWorker.addEventListener('message', ({ data, ports }) => {
      if (data?.type === 'range' && ports[0]) answer(data as RangeRequest, ports[0]);
    });
    navigator.serviceWorker.startMessages();
    listening = true;
  }
  const entry: Entry = { film, parts: 0, waiting: 0, error: null };
  films.set(filmId, entry);
  return {
    url: `/film/${filmId}`,
    isRead: () => entry.parts > 0,
    readError: () => entry.error,
    isWaiting: () => entry.waiting > 0,
    withdraw: () => films.delete(filmId),
  };
}

async function takeControl(): Promise<void> {
  if (!('serviceWorker' in navigator))
    throw new Error(
      'This page must be opened over HTTPS or on localhost: the player needs a service worker.',
    );
  const registration = await navigator.serviceWorker.register(serviceWorkerUrl, { type: 'module' });
  await navigator.serviceWorker.ready;
  if (navigator.serviceWorker.controller) return;
  // A page loaded past the worker (a forced reload) is not controlled until it claims it.
  const controlled = new Promise<void>((resolve) =>
    navigator.serviceWorker.addEventListener('controllerchange', () => resolve(), { once: true }),
  );
  registration.active?.postMessage({ type: 'claim' });
  await controlled;
}

/** Sends the head, then one part for each `pull`; `cancel` ends it. */
function answer(request: RangeRequest, port: MessagePort): void {
  const entry = films.get(request.filmId);
  if (!entry) {
    port.postMessage({ type: 'refused', status: 404 });
    return;
  }
  const { film } = entry;
  let parts: AsyncGenerator<Uint8Array, void, void> | null = null;
  let working = false;
  let isCancelled = false;

  const awaited = async <T>(bytes: Promise<T>): Promise<T> => {
    entry.waiting += 1;
    try {
      return await bytes;
    } finally {
      entry.waiting -= 1;
    }
  };
  const begin = async () => {
    const { sizeBytes, mimeType } = await awaited(film.describe());
    if (isCancelled) return;
    const range = parseRange(request.range, sizeBytes);
    if (!range) return port.postMessage({ type: 'refused', status: 416, sizeBytes });
    const end = Math.min(range.end, range.start + MAX_RESPONSE_BYTES);
    parts = film.read(range.start, end);
    port.postMessage({ type: 'head', start: range.start, end, sizeBytes, mimeType });
  };
  const pull = async () => {
    if (!parts || working) return;
    working = true;
    const { value, done } = await awaited(parts.next());
    working = false;
    entry.error = null;
    if (done) {
      port.postMessage({ type: 'end' });
      port.close();
      return;
    }
    entry.parts += 1;
    // The cache keeps the piece; what is transferred must be a copy.
    const copy = value.slice();
    port.postMessage({ type: 'part', bytes: copy }, [copy.buffer]);
  };
  const fail = (error: unknown) => {
    entry.error = error instanceof Error ? error : new Error(String(error));
    port.postMessage({ type: 'failed', message: String(error) });
    port.close();
  };
  port.onmessage = ({ data }) => {
    if (data.type === 'pull') pull().catch(fail);
    else if (data.type === 'cancel') {
      isCancelled = true;
      void parts?.return();
      port.close();
    }
  };
  begin().catch(fail);
}

function parseRange(header: string | null, sizeBytes: number): { start: number; end: number } | null {
  if (header === null) return { start: 0, end: sizeBytes };
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? [];
  if (first === undefined || (first === '' && last === '')) return null;
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const end = first === '' || last === '' ? sizeBytes : Math.min(sizeBytes, Number(last) + 1);
  return start < end ? { start, end } : null;
}
