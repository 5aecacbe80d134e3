import type { AudioTrack } from '@giggityflix/proto/data-channel';
import type { ProbedStream } from '../../ffmpeg/stream-probe.ts';
import { roleOf } from '../../metadata/ffprobe.ts';
import { normalizeLanguage } from '../../metadata/languages.ts';
import { chooseSound, isCommentary, isDescription } from '../../metadata/roles.ts';
import { clean } from '../../naming/text.ts';
import type { AudioSource } from '../rendition.ts';

/** Bounds of the protocol. */
const MAX_NAME_LENGTH = 100;
const MAX_LANGUAGE_LENGTH = 35;
const MAX_CODEC_LENGTH = 40;
const MAX_CHANNELS = 255;
/** What programs write where an MP4 file has a track's name. */
const NO_NAME = /handler|iso media|core media/i;

export function describeTracks(streams: readonly ProbedStream[]): AudioTrack[] {
  const roles = streams.map((stream) => ({ ...roleOf(stream), name: nameOf(stream.tags) }));
  const chosen = chooseSound(roles);
  return streams.map(({ codec_name, channels = 0, tags }, track) => ({
    track,
    language: normalizeLanguage(tags?.language)?.slice(0, MAX_LANGUAGE_LENGTH) ?? null,
    name: roles[track]?.name ?? null,
    codec: codec_name?.slice(0, MAX_CODEC_LENGTH) ?? null,
    channels: channels > 0 && channels <= MAX_CHANNELS ? channels : null,
    default: track === chosen,
    commentary: isCommentary(roles[track]!),
    audioDescription: isDescription(roles[track]!),
  }));
}

/** An audio stream for FFmpeg. */
export function sourceOf(
  { id, codec_name, channels, sample_rate }: ProbedStream,
  track: number,
): AudioSource {
  return {
    track,
    id: id ?? null,
    codec: codec_name ?? null,
    channels: channels ?? null,
    sampleRate: Number(sample_rate) || null,
  };
}

function nameOf({ title, handler_name = '' }: ProbedStream['tags'] = {}): string | null {
  const name = title ?? (NO_NAME.test(handler_name) ? '' : handler_name);
  return clean(name).slice(0, MAX_NAME_LENGTH) || null;
}
