import { type MediaDescription, MediaKind } from '@giggityflix/proto';
import type { Content } from '../library/types.ts';
import { clean } from '../metadata/names.ts';

const KINDS = {
  MOVIE: MediaKind.MEDIA_KIND_MOVIE,
  EPISODE: MediaKind.MEDIA_KIND_EPISODE,
  CLIP: MediaKind.MEDIA_KIND_CLIP,
} as const;

/** Longest file name a description carries, in UTF-16 code units; file systems stop at 255 bytes. */
const MAX_NAME_LENGTH = 1_024;

/** Bounds of the event a description becomes; only odd files come near them. */
const MAX_CODEC_LENGTH = 40;
const MAX_LANGUAGE_LENGTH = 35;

/** What the edge is told of a content; 0 and the empty string stand for what is not known. */
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
  };
}
