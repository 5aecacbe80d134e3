import { type ChannelErrorCode, PIECE_SIZE } from '@giggityflix/proto/data-channel';
import type { PieceReader } from '../pieces/piece-source.ts';
import { toSubtitleTrack } from '../subtitles/subtitles.ts';
import type { FoundSubtitle } from '../subtitles/tracks.ts';
import type { Requests } from './requests.ts';
import type { ViewerWork } from './viewer-work.ts';

export interface ViewerSubtitlesOptions {
  /** The subtitles of the film this viewer may watch. */
  subtitles: {
    list(signal: AbortSignal): Promise<FoundSubtitle[]>;
    read(track: FoundSubtitle, signal: AbortSignal): Promise<Uint8Array>;
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
    list: (id: number) =>
      void work(id, async (signal) => {
        const found = await subtitles.list(signal);
        if (!signal.aborted) listed = found;
        return { type: 'subtitles', id, tracks: found.map(toSubtitleTrack) };
      }),

    send: (id: number, track: number) => {
      const chosen = listed[track];
      if (!chosen) return options.fail('not_found', `there is no subtitle track ${track}`, id);
      void work(id, async (signal) => {
        const text = await subtitles.read(chosen, signal);
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
