import { type AudioTrack, MAX_AUDIO_TRACKS } from '@giggityflix/proto/data-channel';
import { LRUCache } from 'lru-cache';
import { withMediaInput } from '../../containers/input.ts';
import { ContentChangedError, type SharedContent } from '../../content/content-source.ts';
import { type ProbedStream, probeFilm, probeFirstTime } from '../../ffmpeg/stream-probe.ts';
import type { FFmpegTools } from '../../ffmpeg/tools.ts';
import { openHeaders } from '../../metadata/headers.ts';
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
      const streams = await withFirstTimes(content, film.streams, ffprobePath, signal);
      const sounds = streams.filter(({ codec_type }) => codec_type === 'audio').slice(0, MAX_AUDIO_TRACKS);
      const found: FilmStreams = {
        picture: pictureOf(streams),
        audioTracks: await withTrimmed(content, describeTracks(sounds)),
        sounds: sounds.map(sourceOf),
        timeline: {
          ...toTimeline({ ...film, streams }),
          segments: await withMediaInput(content, readSegments),
        },
      };
      known.set(catalogId, found);
      return found;
    },
  };
}

/** Encoders of sound need some of it to begin with, which every player leaves out. */
const PRIMING_SECONDS = 0.1;

/** Of which browsers leave out what they are to leave out. */
const TRIMMED_WELL: ReadonlySet<string | null> = new Set(['aac', 'mp3']);

/** MP4 says by an edit list what of a track is before its beginning. Of most codecs browsers play it after a seek. */
async function withTrimmed(content: SharedContent, tracks: AudioTrack[]): Promise<AudioTrack[]> {
  if (content.container !== 'mp4' || tracks.every(({ codec }) => TRIMMED_WELL.has(codec))) return tracks;
  const headers = await withMediaInput(content, async (input) => {
    const opened = await openHeaders(input);
    try {
      const sounds = (await opened?.getAudioTracks()) ?? [];
      return await Promise.all(sounds.map((sound) => sound.getFirstTimestamp().catch(() => 0)));
    } finally {
      opened?.dispose();
    }
  }).catch(() => []);
  return tracks.map((track) => {
    const before = -(headers[track.track] ?? 0);
    return before > PRIMING_SECONDS && !TRIMMED_WELL.has(track.codec)
      ? { ...track, trimmedSeconds: before }
      : track;
  });
}

/** Streams looked for further on; a film has one picture and few tracks of sound. */
const MAX_LATE = 4;

/**
 * A track of Matroska that begins so late that ffprobe has seen nothing of it is said to begin with the film and to last as long as
 * that; of others it says no duration.
 */
async function withFirstTimes(
  content: SharedContent,
  streams: ProbedStream[],
  ffprobePath: string,
  signal: AbortSignal,
): Promise<ProbedStream[]> {
  if (!/^(matroska|webm)$/.test(content.container ?? '')) return streams;
  const isLate = ({ codec_type = '', duration, disposition }: ProbedStream) =>
    /^(video|audio)$/.test(codec_type) && Number(duration) > 0 && disposition?.attached_pic !== 1;
  const late = streams.filter(isLate).slice(0, MAX_LATE);
  const found = await Promise.all(
    late.map(({ index = 0 }) => probeFirstTime(content, index, ffprobePath, signal)),
  );
  return streams.map((stream) => {
    const seconds = found[late.indexOf(stream)] ?? null;
    return seconds === null ? stream : { ...stream, start_time: String(seconds) };
  });
}
