import { type AudioTrack, MAX_AUDIO_TRACKS } from '@giggityflix/proto/data-channel';
import { LRUCache } from 'lru-cache';
import { ContentChangedError, type SharedContent } from '../content/content-source.ts';
import { type ProbedStream, probeStreams } from '../ffmpeg/stream-probe.ts';
import type { FFmpegTools } from '../ffmpeg/tools.ts';
import { normalizeLanguage } from '../metadata/languages.ts';
import { clean } from '../naming/text.ts';
import type { AudioSource, Refusal } from './rendition.ts';

/** Media files whose tracks are cached; a household watches far fewer at once. */
const MAX_KNOWN = 256;
/** Bounds of the protocol. */
const MAX_NAME_LENGTH = 100;
const MAX_LANGUAGE_LENGTH = 35;
const MAX_CODEC_LENGTH = 40;
const MAX_CHANNELS = 255;
/** What programs write where an MP4 file has a track's name. */
const NO_NAME = /handler|iso media|core media/i;

/** The audio tracks of the shared films, numbered as FFmpeg numbers them. */
export interface AudioTracks {
  /**
   * Null where they are not known, as without ffprobe.
   *
   * @throws ContentChangedError, the signal's reason
   */
  list(content: SharedContent, signal: AbortSignal): Promise<AudioTrack[] | null>;
}

export function createAudioTracks(tools: () => Promise<FFmpegTools>): AudioTracks {
  /** By catalog id, which stands for the very bytes: what is known of them stays true. */
  const known = new LRUCache<string, AudioTrack[]>({ max: MAX_KNOWN });
  return {
    async list(content, signal) {
      const { catalogId } = content;
      const before = known.get(catalogId);
      if (before) return before;
      const { ffprobePath } = await tools();
      if (!ffprobePath) return null;
      if (!(await content.isAvailable())) throw new ContentChangedError('the film is gone or has changed');
      const streams = await probeStreams(content, 'a', ffprobePath, signal);
      if (!streams) return null;
      const tracks = describeTracks(streams.slice(0, MAX_AUDIO_TRACKS));
      known.set(catalogId, tracks);
      return tracks;
    },
  };
}

/** The track a rendition is made with: the one wanted, or without a wish the default one, or where none is known the first. */
export function chooseAudio(
  { audioCodec }: Pick<SharedContent, 'audioCodec'>,
  tracks: AudioTrack[] | null,
  wanted: number | undefined,
): AudioSource | Refusal {
  if (wanted === undefined) return tracks?.find((track) => track.default) ?? { track: 0, codec: audioCodec };
  if (!tracks)
    return { error: 'unsupported', message: 'this peer cannot tell the audio tracks of the film apart' };
  const message = `there is no audio track ${wanted}; the film has ${tracks.length}, numbered from 0`;
  return tracks[wanted] ?? { error: 'not_found', message };
}

function describeTracks(streams: ProbedStream[]): AudioTrack[] {
  const marked = streams.findIndex(({ disposition }) => disposition?.default === 1);
  return streams.map(({ codec_name, channels = 0, tags, disposition }, track) => ({
    track,
    language: normalizeLanguage(tags?.language)?.slice(0, MAX_LANGUAGE_LENGTH) ?? null,
    name: nameOf(tags),
    codec: codec_name?.slice(0, MAX_CODEC_LENGTH) ?? null,
    channels: channels > 0 && channels <= MAX_CHANNELS ? channels : null,
    default: track === Math.max(0, marked),
    commentary: disposition?.comment === 1,
    audioDescription: disposition?.visual_impaired === 1,
  }));
}

function nameOf({ title, handler_name = '' }: ProbedStream['tags'] = {}): string | null {
  const name = title ?? (NO_NAME.test(handler_name) ? '' : handler_name);
  return clean(name).slice(0, MAX_NAME_LENGTH) || null;
}
