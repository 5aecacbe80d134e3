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

/** Gives films in the form asked for, with a bound on how many are being converted at once. */
export function createRenditionOpener(
  tools: () => Promise<FFmpegTools>,
  maxRenditions?: number,
): OpenRendition {
  const trees = createTreeCache();
  const maxConverting = maxRenditions ?? Math.max(1, Math.floor(availableParallelism() / 2));
  let converting = 0;

  return async (content, request, signal) => {
    if (request.rendition === 'original') return openOriginal(content, trees);
    const { ffmpegPath, ffprobePath } = await tools();
    if (!ffmpegPath)
      return { error: 'unsupported', message: 'this peer has no FFmpeg to convert the film with' };
    if (!(await content.isAvailable()))
      return { error: 'file_changed', message: 'the file is not what it was' };
    if (converting >= maxConverting)
      return { error: 'busy', message: 'this peer already converts as much as it can' };
    converting += 1;
    try {
      const rendition = await openFFmpegRendition(content, request, { ffmpegPath, ffprobePath }, signal);
      let open = true;
      return {
        ...rendition,
        async close() {
          if (open) converting -= 1;
          open = false;
          await rendition.close();
        },
      };
    } catch (error) {
      converting -= 1;
      if (error instanceof RenditionError) return { error: 'unsupported', message: error.message };
      throw error;
    }
  };
}
