import { type AudioTrack, MAX_AUDIO_TRACKS } from '@giggityflix/proto/data-channel';
import { LRUCache } from 'lru-cache';
import { withMediaInput } from '../../containers/input.ts';
import { ContentChangedError, type SharedContent } from '../../content/content-source.ts';
import { probeFilm } from '../../ffmpeg/stream-probe.ts';
import type { FFmpegTools } from '../../ffmpeg/tools.ts';
import { readSegments } from '../../timeline/read-segments.ts';
import { type Timeline, toTimeline } from '../../timeline/timeline.ts';
import type { AudioSource } from '../rendition.ts';
import { describeTracks, sourceOf } from './audio-tracks.ts';
import { type PictureSource, pictureOf } from './picture-source.ts';

/** Media files whose streams are cached; a household watches far fewer at once. */
const MAX_KNOWN = 256;

/** What a shared film is made of. */
export interface FilmStreams {
  /** Null for a film without a picture. */
  picture: PictureSource | null;
  /** Numbered as FFmpeg numbers them. */
  audioTracks: AudioTrack[];
  /** The same tracks, for FFmpeg. */
  sounds: AudioSource[];
  timeline: Timeline;
}

export interface FilmStreamsReader {
  /**
   * Null where they are not known, as without ffprobe.
   *
   * @throws ContentChangedError, the signal's reason
   */
  read(content: SharedContent, signal: AbortSignal): Promise<FilmStreams | null>;
}

export function createFilmStreamsReader(tools: () => Promise<FFmpegTools>): FilmStreamsReader {
  /** By catalog id, which stands for the very bytes: what is known of them stays true. */
  const known = new LRUCache<string, FilmStreams>({ max: MAX_KNOWN });
  return {
    async read(content, signal) {
      const { catalogId } = content;
      const before = known.get(catalogId);
      if (before) return before;
      const { ffprobePath } = await tools();
      if (!ffprobePath) return null;
      if (!(await content.isAvailable())) throw new ContentChangedError('the film is gone or has changed');
      const film = await probeFilm(content, ffprobePath, signal);
      if (!film) return null;
      const { streams } = film;
      const sounds = streams.filter(({ codec_type }) => codec_type === 'audio').slice(0, MAX_AUDIO_TRACKS);
      const found: FilmStreams = {
        picture: pictureOf(streams),
        audioTracks: describeTracks(sounds),
        sounds: sounds.map(sourceOf),
        timeline: { ...toTimeline(film), segments: await withMediaInput(content, readSegments) },
      };
      known.set(catalogId, found);
      return found;
    },
  };
}
