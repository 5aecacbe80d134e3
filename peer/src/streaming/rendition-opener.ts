import { availableParallelism } from 'node:os';
import type { ChannelErrorCode } from '@giggityflix/proto/data-channel';
import type { SharedContent } from '../content/content-source.ts';
import type { FFmpegTools } from './ffmpeg-tools.ts';
import { openFFmpegRendition, RenditionError } from './rendition.ffmpeg.ts';
import { openOriginal, type Rendition, type RenditionRequest } from './rendition.ts';
import { createTreeCache } from './tree-cache.ts';

/** Rejects with the signal's reason when it is aborted first. */
export type OpenRendition = (
  content: SharedContent,
  request: RenditionRequest,
  signal: AbortSignal,
) => Promise<Rendition | { error: ChannelErrorCode; message: string }>;

/**
 * How long a viewer may read nothing, as while the film is paused, before its conversion makes room for another one. A player that
 * holds a minute of a small picture reads once in half a minute.
 */
const IDLE_MS = 120_000;

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

  const convert = async (content: SharedContent, request: RenditionRequest, signal: AbortSignal) => {
    const { ffmpegPath, ffprobePath } = await tools();
    if (!ffmpegPath)
      return { error: 'unsupported', message: 'this peer has no FFmpeg to convert the film with' } as const;
    if (!(await content.isAvailable()))
      return { error: 'file_changed', message: 'the file is not what it was' } as const;
    if (!(await makeRoom()))
      return { error: 'busy', message: 'this peer already converts as much as it can' } as const;
    const conversion: Converting = { readAt: now(), end: null };
    conversions.add(conversion);
    try {
      const rendition = await openFFmpegRendition(content, request, { ffmpegPath, ffprobePath }, signal);
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
      if (error instanceof RenditionError) return { error: 'unsupported', message: error.message } as const;
      throw error;
    }
  };

  return async (content, request, signal) =>
    request.rendition === 'original' ? openOriginal(content, trees) : convert(content, request, signal);
}
