import { dirname, join } from 'node:path';
import type { DrawnSubtitleFormat, SubtitleTrack } from '@giggityflix/proto/data-channel';
import { ContentChangedError, type SharedContent } from '../content/content-source.ts';
import type { FFmpegTools } from '../ffmpeg/tools.ts';
import type { SidecarReading } from '../metadata/outside.ts';
import { makeDrawn } from './drawn.ts';
import { extractText } from './extract.ts';
import { findFrameRate } from './frame-rate.ts';
import { createSharedWork } from './shared-work.ts';
import { readSubtitleFile, SubtitleError, toWebVttText } from './text.ts';
import { type FoundSubtitle, findSubtitles } from './tracks.ts';

/** What is asked for: a track as WebVTT, or in its own format. */
interface Wanted {
  track: FoundSubtitle;
  format: DrawnSubtitleFormat | null;
}

/** Subtitles of the shared films. */
export interface Subtitles {
  list(content: SharedContent, signal: AbortSignal): Promise<FoundSubtitle[]>;
  /** @throws SubtitleError, ContentChangedError, the signal's reason */
  read(content: SharedContent, wanted: Wanted, signal: AbortSignal): Promise<Uint8Array>;
}

export function createSubtitles(
  tools: () => Promise<FFmpegTools>,
  /** Called for each file of subtitles that was read. */
  onSidecar: (reading: SidecarReading) => void = () => {},
): Subtitles {
  const shared = createSharedWork();

  /** Notes what comes of reading a file, for the owner of the film. */
  const noting = async <T>(
    content: SharedContent,
    { at }: FoundSubtitle,
    read: () => Promise<T>,
  ): Promise<T> => {
    const path = at.kind === 'file' ? join(dirname(content.path), at.name) : null;
    try {
      const result = await read();
      if (path) onSidecar({ path, problem: null });
      return result;
    } catch (error) {
      if (path && error instanceof SubtitleError) onSidecar({ path, problem: error.message });
      throw error;
    }
  };

  const readFile = async (content: SharedContent, track: FoundSubtitle, signal: AbortSignal) => {
    if (track.at.kind !== 'file') throw new SubtitleError('the subtitles have no text');
    const text = await readSubtitleFile(content, track.at.name, track.language);
    const { ffprobePath } = await tools();
    const frameRate = await findFrameRate({ text, content, ffprobePath }, signal);
    return encode(toWebVttText(text, { frameRate, isFile: true }));
  };

  const make = async (content: SharedContent, { track, format }: Wanted, signal: AbortSignal) => {
    const { at } = track;
    if (!(await content.isAvailable())) throw new ContentChangedError('the film is gone or has changed');
    const found = await tools();
    if (format !== null) return makeDrawn(format, { content, track, tools: found, signal });
    if (at.kind !== 'stream') throw new SubtitleError('the subtitles have no text');
    if (!found.ffmpegPath) throw new SubtitleError('this peer has no FFmpeg to extract subtitles with');
    const text = await extractText({ content, ...at }, found.ffmpegPath, signal);
    return encode(toWebVttText(text, { isFile: false }));
  };

  return {
    list: async (content, signal) => findSubtitles(content, await tools(), signal),
    async read(content, { track, format }, signal) {
      if (format === null && track.at.kind === 'file')
        return noting(content, track, () => readFile(content, track, signal));
      const key = `${content.catalogId}/${JSON.stringify(track.at)}/${format}`;
      return shared.do(key, (abort) => make(content, { track, format }, abort), signal);
    },
  };
}

/** A track as viewers see it: without where it is, and with its format where the viewer draws it. */
export function toSubtitleTrack(
  { at: _, isPicture: __, format, ...shown }: FoundSubtitle,
  track: number,
  drawn: ReadonlySet<string>,
): SubtitleTrack {
  return { track, ...shown, ...(format && drawn.has(format) ? { format } : {}) };
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
