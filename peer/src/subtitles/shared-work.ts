import { SubtitleError } from './text.ts';

/** Results kept for the viewers to come, in bytes: hundreds of films' texts, or one's pictures. */
const CACHED_BYTES = 16 * 1_024 * 1_024;
/** Films read through at once. */
const MAX_AT_ONCE = 2;

interface Work {
  result: Promise<Uint8Array>;
  abort: AbortController;
  waiting: number;
}

/** Does what takes long once for all who wait for it, and gives it up when nobody does any more. */
export interface SharedWork {
  /** @throws SubtitleError when too much is done at once, what the work throws, the signal's reason */
  do(
    key: string,
    work: (signal: AbortSignal) => Promise<Uint8Array>,
    signal: AbortSignal,
  ): Promise<Uint8Array>;
}

export function createSharedWork(): SharedWork {
  const cache = new Map<string, Uint8Array>();
  /** By what is being done; given up, it is no longer here, though its program may take a moment to end. */
  const works = new Map<string, Work>();
  let cached = 0;

  const keep = (key: string, bytes: Uint8Array) => {
    cache.set(key, bytes);
    cached += bytes.byteLength;
    for (const [oldest, { byteLength }] of cache) {
      if (cached <= CACHED_BYTES) break;
      cache.delete(oldest);
      cached -= byteLength;
    }
  };

  const begin = (key: string, work: (signal: AbortSignal) => Promise<Uint8Array>): Work => {
    if (works.size >= MAX_AT_ONCE) throw new SubtitleError('this peer already converts as much as it can');
    const abort = new AbortController();
    const begun = { abort, waiting: 0, result: work(abort.signal) };
    const end = () => {
      if (works.get(key) === begun) works.delete(key);
    };
    abort.signal.addEventListener('abort', end);
    begun.result.then((bytes) => keep(key, bytes)).then(end, end);
    works.set(key, begun);
    return begun;
  };

  return {
    async do(key, work, signal) {
      const known = cache.get(key);
      if (known !== undefined) return known;
      const current = works.get(key) ?? begin(key, work);
      current.waiting += 1;
      try {
        return await unlessAborted(current.result, signal);
      } finally {
        current.waiting -= 1;
        if (current.waiting === 0) current.abort.abort(new SubtitleError('nobody waits for the subtitles'));
      }
    },
  };
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
