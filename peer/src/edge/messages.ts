import {
  type Chapter,
  type MediaDescription,
  MediaKind,
  type MediaTrack,
  TrackKind,
} from '@giggityflix/proto';
import type { Content } from '../library/types.ts';
import type { MediaInfo } from '../metadata/media-info.ts';
import { clean } from '../metadata/names.ts';

const KINDS = {
  MOVIE: MediaKind.MEDIA_KIND_MOVIE,
  EPISODE: MediaKind.MEDIA_KIND_EPISODE,
  CLIP: MediaKind.MEDIA_KIND_CLIP,
} as const;

const TRACK_KINDS = {
  video: TrackKind.TRACK_KIND_VIDEO,
  audio: TrackKind.TRACK_KIND_AUDIO,
  subtitle: TrackKind.TRACK_KIND_SUBTITLE,
} as const;

/** Longest file name a description carries, in UTF-16 code units; file systems stop at 255 bytes. */
const MAX_NAME_LENGTH = 1_024;

/** Bounds of the event a description becomes; only odd files come near them. */
const MAX_CODEC_LENGTH = 40;
const MAX_LANGUAGE_LENGTH = 35;
const MAX_LABEL_LENGTH = 200;
const MAX_CHAPTERS = 500;
const MAX_TRACKS = 100;
const MAX_PIXELS = 65_535;
const MAX_CHANNELS = 255;

/** The description of a content for the edge; 0 and the empty string stand for what is not known. */
export function toMediaDescription(content: Content, name: string): MediaDescription {
  const { media } = content;
  return {
    catalogId: Buffer.from(content.catalogId, 'hex'),
    name: clean(name).slice(0, MAX_NAME_LENGTH) || 'unnamed',
    sizeBytes: content.sizeBytes,
    hashes: content.hashes,
    container: (media.container ?? '').slice(0, MAX_CODEC_LENGTH),
    mimeType: media.mimeType,
    videoCodec: (media.videoCodec ?? '').slice(0, MAX_CODEC_LENGTH),
    audioCodec: (media.audioCodec ?? '').slice(0, MAX_CODEC_LENGTH),
    durationSeconds: media.durationSeconds ?? 0,
    width: media.width ?? 0,
    height: media.height ?? 0,
    language: (media.language ?? '').slice(0, MAX_LANGUAGE_LENGTH),
    title: media.title,
    year: media.year ?? 0,
    season: media.season ?? undefined,
    episode: media.episode ?? undefined,
    kind: KINDS[media.kind],
    chapters: media.chapters.slice(0, MAX_CHAPTERS).map(toChapter),
    tracks: media.tracks.slice(0, MAX_TRACKS).map(toTrack),
  };
}

function toChapter({ startSeconds, endSeconds, title }: MediaInfo['chapters'][number]): Chapter {
  return {
    startSeconds,
    endSeconds: endSeconds ?? 0,
    title: clean(title ?? '').slice(0, MAX_LABEL_LENGTH),
  };
}

function toTrack(track: MediaInfo['tracks'][number]): MediaTrack {
  return {
    kind: TRACK_KINDS[track.kind],
    codec: (track.codec ?? '').slice(0, MAX_CODEC_LENGTH),
    language: (track.language ?? '').slice(0, MAX_LANGUAGE_LENGTH),
    name: clean(track.name ?? '').slice(0, MAX_LABEL_LENGTH),
    width: Math.min(track.width ?? 0, MAX_PIXELS),
    height: Math.min(track.height ?? 0, MAX_PIXELS),
    channels: Math.min(track.channels ?? 0, MAX_CHANNELS),
  };
}
