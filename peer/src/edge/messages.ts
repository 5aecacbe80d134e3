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

/** What the edge is told of a content; 0 and the empty string stand for what is not known. */
export function toMediaDescription(content: Content, name: string): MediaDescription {
  const { media } = content;
  return {
    catalogId: Buffer.from(content.catalogId, 'hex'),
    name: clean(name).slice(0, MAX_NAME_LENGTH) || 'unnamed',
    sizeBytes: content.sizeBytes,
    hashes: content.hashes,
    container: media.container ?? '',
    mimeType: media.mimeType,
    videoCodec: media.videoCodec ?? '',
    audioCodec: media.audioCodec ?? '',
    durationSeconds: media.durationSeconds ?? 0,
    width: media.width ?? 0,
    height: media.height ?? 0,
    language: media.language ?? '',
    title: media.title,
    year: media.year ?? 0,
    season: media.season ?? undefined,
    episode: media.episode ?? undefined,
    kind: KINDS[media.kind],
  };
}
