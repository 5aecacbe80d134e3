import { availableParallelism } from 'node:os';
import type { AudioTrack } from '@giggityflix/proto/data-channel';
import type { SharedContent } from '../content/content-source.ts';
import type { FFmpegTools } from '../ffmpeg/tools.ts';
import { createTreeCache } from '../pieces/tree-cache.ts';
import { chooseAudio, createAudioTracks } from './audio-tracks.ts';
import { openFFmpegRendition } from './rendition.ffmpeg.ts';
import { openOriginal, type Refusal, type Rendition, type RenditionRequest } from './rendition.ts';
import { RenditionError } from './rendition-error.ts';

/** A film in the form a viewer asked for, and what can be chosen of it. */
export interface OpenedFilm extends Rendition {
  /** Empty where they are not known. @throws ContentChangedError, the signal's reason */
  audioTracks(signal: AbortSignal): Promise<AudioTrack[]>;
}

/** Rejects with the signal's reason when it is aborted first. */
export type OpenRendition = (
  content: SharedContent,
  request: RenditionRequest,
  signal: AbortSignal,
) => Promise<OpenedFilm | Refusal>;

/**
 * How long a viewer may read nothing, as while the film is paused, before its conversion makes room for another one. A player that
 * holds a minute of a small picture reads once in half a minute.
 */
const IDLE_MS = 120_000;

const ORIGINAL_HAS_ALL =
  'the original has all its audio tracks, as they are: choose one of them in the player, or ask for a remux';

/** A conversion under way. */
interface Converting {
  readAt: number;
  /** Null while it is being begun. */
  end: (() => Promise<void>) | null;
}

export interface RenditionOpenerOptions {
  tools: () => Promise<FFmpegTools>;
  /** Conversions at once; half the cores where it is not given. */
  maxConverting?: number;
  /** Milliseconds of any clock that only goes forward. */
  now?: () => number;
}

/** Gives films in the form asked for, with a bound on how many are being converted at once. */
export function createRenditionOpener({
  tools,
  maxConverting = Math.max(1, Math.floor(availableParallelism() / 2)),
  now = () => performance.now(),
}: RenditionOpenerOptions): OpenRendition {
  const trees = createTreeCache();
  const audioTracks = createAudioTracks(tools);
  const conversions = new Set<Converting>();

  const makeRoom = async (): Promise<boolean> => {
    if (conversions.size < maxConverting) return true;
    for (const { end, readAt } of conversions) {
      if (!end || now() - readAt <= IDLE_MS) continue;
      await end();
      return conversions.size < maxConverting;
    }
    return false;
  };

  const convert = async (
    content: SharedContent,
    request: RenditionRequest,
    signal: AbortSignal,
  ): Promise<Rendition | Refusal> => {
    const { ffmpegPath, ffprobePath } = await tools();
    if (!ffmpegPath)
      return { error: 'unsupported', message: 'this peer has no FFmpeg to convert the film with' };
    if (!(await content.isAvailable()))
      return { error: 'file_changed', message: 'the file is not what it was' };
    const audio = chooseAudio(content, await audioTracks.list(content, signal), request.audioTrack);
    if ('error' in audio) return audio;
    if (!(await makeRoom()))
      return { error: 'busy', message: 'this peer already converts as much as it can' };
    const conversion: Converting = { readAt: now(), end: null };
    conversions.add(conversion);
    try {
      const rendition = await openFFmpegRendition(
        content,
        request,
        { ffmpegPath, ffprobePath, audio },
        signal,
      );
      const end = async () => {
        conversions.delete(conversion);
        await rendition.close();
      };
      conversion.end = end;
      return {
        ...rendition,
        async read(index: number, abort: AbortSignal) {
          if (!conversions.has(conversion))
            throw new RenditionError('the conversion made room for another one, as nobody watched it');
          conversion.readAt = now();
          return rendition.read(index, abort);
        },
        close: end,
      };
    } catch (error) {
      conversions.delete(conversion);
      if (error instanceof RenditionError) return { error: 'unsupported', message: error.message };
      throw error;
    }
  };

  const openAs = async (content: SharedContent, request: RenditionRequest, signal: AbortSignal) => {
    if (request.rendition !== 'original') return convert(content, request, signal);
    if (request.audioTrack === undefined) return openOriginal(content, trees);
    return { error: 'unsupported', message: ORIGINAL_HAS_ALL } as const;
  };

  return async (content, request, signal) => {
    const opened = await openAs(content, request, signal);
    if ('error' in opened) return opened;
    return { ...opened, audioTracks: async (abort) => (await audioTracks.list(content, abort)) ?? [] };
  };
}
