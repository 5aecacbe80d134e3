import { type ChannelErrorCode, type DrawnSubtitleFormat, PIECE_SIZE } from '@giggityflix/proto/data-channel';
import type { PieceReader } from '../pieces/piece-source.ts';
import { toSubtitleTrack } from '../subtitles/subtitles.ts';
import type { FoundSubtitle } from '../subtitles/tracks.ts';
import type { Requests } from './requests.ts';
import type { ViewerWork } from './viewer-work.ts';

export interface ViewerSubtitlesOptions {
  /** The subtitles of the film this viewer may watch. */
  subtitles: {
    list(signal: AbortSignal): Promise<FoundSubtitle[]>;
    /** As WebVTT where no format is asked for. */
    read(track: FoundSubtitle, format: DrawnSubtitleFormat | null, signal: AbortSignal): Promise<Uint8Array>;
  };
  requests: Pick<Requests, 'serve'>;
  work: ViewerWork;
  fail(code: ChannelErrorCode, message: string, id: number): void;
}

/** Answers one viewer's requests for subtitles. A track is one of the list the viewer was given: names never come from it. */
export function createViewerSubtitles(options: ViewerSubtitlesOptions) {
  const { subtitles, requests, work } = options;
  let listed: FoundSubtitle[] = [];

  return {
    list: (id: number, formats: readonly string[]) =>
      void work(id, async (signal) => {
        const found = await subtitles.list(signal);
        const drawn = new Set(formats);
        const shown = found.filter(({ format, isPicture }) => !isPicture || drawn.has(format ?? ''));
        if (!signal.aborted) listed = shown;
        return { type: 'subtitles', id, tracks: shown.map((track, at) => toSubtitleTrack(track, at, drawn)) };
      }),

    send: (id: number, track: number, format: DrawnSubtitleFormat | null) => {
      const chosen = listed[track];
      if (!chosen) return options.fail('not_found', `there is no subtitle track ${track}`, id);
      if (format !== null && format !== chosen.format)
        return options.fail('unsupported', `subtitle track ${track} is not in this format`, id);
      if (format === null && chosen.isPicture)
        return options.fail('unsupported', `subtitle track ${track} has no text`, id);
      void work(id, async (signal) => {
        const text = await subtitles.read(chosen, format, signal);
        if (signal.aborted) return null;
        const end = Math.max(1, Math.ceil(text.byteLength / PIECE_SIZE));
        requests.serve({ id, source: piecesOf(text), next: 0, end, isOfFilm: false });
        return null;
      });
    },
  };
}

function piecesOf(text: Uint8Array): PieceReader {
  return {
    async read(index) {
      const data = text.subarray(index * PIECE_SIZE, (index + 1) * PIECE_SIZE);
      return data.byteLength > 0 ? { index, data, proof: [] } : null;
    },
    prefetch: () => {},
  };
}
