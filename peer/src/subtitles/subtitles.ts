import type { SubtitleTrack } from '@giggityflix/proto/data-channel';
import { ContentChangedError, type SharedContent } from '../content/content-source.ts';
import type { FFmpegTools } from '../ffmpeg/tools.ts';
import { extractText, type StreamToExtract } from './extract.ts';
import { findFrameRate } from './frame-rate.ts';
import { readSubtitleFile, SubtitleError, toWebVttText } from './text.ts';
import { type FoundSubtitle, findSubtitles } from './tracks.ts';

/** Converted text kept for the viewers to come, in characters; some fifty films' worth. */
const CACHED_CHARACTERS = 8 * 1_024 * 1_024;
/** Films read through at once. */
const MAX_EXTRACTING = 2;

const BUSY = 'this peer already converts as much as it can';

/** Subtitles of the shared films, as WebVTT. */
export interface Subtitles {
  list(content: SharedContent, signal: AbortSignal): Promise<FoundSubtitle[]>;
  /** @throws SubtitleError, ContentChangedError, the signal's reason */
  read(content: SharedContent, track: FoundSubtitle, signal: AbortSignal): Promise<Uint8Array>;
}

interface ExtractedStream extends StreamToExtract {
  content: SharedContent;
}

interface Work {
  text: Promise<string>;
  abort: AbortController;
  waiting: number;
}

export function createSubtitles(tools: () => Promise<FFmpegTools>): Subtitles {
  const cache = new Map<string, string>();
  /** By what is being converted; given up, it is no longer here, though its FFmpeg may take a moment to end. */
  const works = new Map<string, Work>();
  let cached = 0;

  const keep = (key: string, text: string) => {
    cache.set(key, text);
    cached += text.length;
    for (const [oldest, { length }] of cache) {
      if (cached <= CACHED_CHARACTERS) break;
      cache.delete(oldest);
      cached -= length;
    }
  };

  const extractNow = async (stream: ExtractedStream, signal: AbortSignal) => {
    if (!(await stream.content.isAvailable()))
      throw new ContentChangedError('the film is gone or has changed');
    const { ffmpegPath } = await tools();
    if (!ffmpegPath) throw new SubtitleError('this peer has no FFmpeg to extract subtitles with');
    return extractText(stream, ffmpegPath, signal);
  };

  /** Reading a film through is done once for all who wait for it, and given up when nobody does any more. */
  const extract = async (stream: ExtractedStream, signal: AbortSignal): Promise<string> => {
    const key = `${stream.content.catalogId}/${stream.index}`;
    const known = cache.get(key);
    if (known !== undefined) return known;
    let work = works.get(key);
    if (!work) {
      if (works.size >= MAX_EXTRACTING) throw new SubtitleError(BUSY);
      const abort = new AbortController();
      const begun = { abort, waiting: 0, text: extractNow(stream, abort.signal) };
      const end = () => {
        if (works.get(key) === begun) works.delete(key);
      };
      abort.signal.addEventListener('abort', end);
      begun.text.then((text) => keep(key, text)).then(end, end);
      works.set(key, begun);
      work = begun;
    }
    work.waiting += 1;
    try {
      return await unlessAborted(work.text, signal);
    } finally {
      work.waiting -= 1;
      if (work.waiting === 0) work.abort.abort(new SubtitleError('nobody waits for the subtitles'));
    }
  };

  return {
    list: async (content, signal) => findSubtitles(content, await tools(), signal),
    async read(content, { at, language }, signal) {
      if (at.kind === 'stream') {
        const text = await extract({ content, index: at.index, codec: at.codec }, signal);
        return encode(toWebVttText(text, { isFile: false }));
      }
      const text = await readSubtitleFile(content, at.name, language);
      const { ffprobePath } = await tools();
      const frameRate = await findFrameRate({ text, content, ffprobePath }, signal);
      return encode(toWebVttText(text, { frameRate, isFile: true }));
    },
  };
}

/** A track as viewers see it: without where it is. */
export function toSubtitleTrack({ at: _, ...shown }: FoundSubtitle, track: number): SubtitleTrack {
  return { track, ...shown };
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
