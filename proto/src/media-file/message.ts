import { catalogIdToBuffer } from '../catalog-id.node.ts';
import { catalogIdFromBytes } from '../catalog-id.ts';
import {
  type Chapter as ChapterMessage,
  type MediaDescription as DescriptionMessage,
  MarkerKind,
  type Marker as MarkerMessage,
  MediaKind,
  TrackKind,
  type MediaTrack as TrackMessage,
} from '../generated/giggityflix/edge/v1/peer_edge.ts';
import { detailsOrNull } from './details.ts';
import { detailsFromMessage, detailsToMessage } from './details-message.ts';
import { parseFolder } from './folder.ts';
import { MAX_TITLE_LENGTH } from './limits.ts';
import { nameOf } from './names.ts';
import type { Chapter, Marker, MediaDescription, MediaTrack, UncheckedDescription } from './schema.ts';

const KINDS = {
  MOVIE: MediaKind.MEDIA_KIND_MOVIE,
  EPISODE: MediaKind.MEDIA_KIND_EPISODE,
  CLIP: MediaKind.MEDIA_KIND_CLIP,
} as const satisfies Record<MediaDescription['kind'], MediaKind>;

const MARKER_KINDS = {
  INTRO: MarkerKind.MARKER_KIND_INTRO,
  CREDITS: MarkerKind.MARKER_KIND_CREDITS,
} as const satisfies Record<Marker['kind'], MarkerKind>;

const TRACK_KINDS = {
  VIDEO: TrackKind.TRACK_KIND_VIDEO,
  AUDIO: TrackKind.TRACK_KIND_AUDIO,
  SUBTITLE: TrackKind.TRACK_KIND_SUBTITLE,
} as const satisfies Record<MediaTrack['kind'], TrackKind>;

/** The message of a description. Proto3 has no null: 0 and the empty text stand for it. */
export function descriptionToMessage(description: MediaDescription): DescriptionMessage {
  return {
    catalogId: catalogIdToBuffer(description.catalogId),
    name: description.name,
    sizeBytes: description.sizeBytes,
    hashes: description.hashes,
    container: description.container ?? '',
    mimeType: description.mimeType ?? '',
    videoCodec: description.videoCodec ?? '',
    audioCodec: description.audioCodec ?? '',
    durationSeconds: description.durationSeconds ?? 0,
    width: description.width ?? 0,
    height: description.height ?? 0,
    language: description.language ?? '',
    title: description.title,
    year: description.year ?? 0,
    season: description.season ?? undefined,
    episode: description.episode ?? undefined,
    kind: KINDS[description.kind],
    chapters: description.chapters.map(({ startSeconds, endSeconds, title }) => ({
      startSeconds,
      endSeconds: endSeconds ?? 0,
      title: title ?? '',
    })),
    tracks: description.tracks.map((track) => ({
      kind: TRACK_KINDS[track.kind],
      codec: track.codec ?? '',
      language: track.language ?? '',
      name: track.name ?? '',
      width: track.width ?? 0,
      height: track.height ?? 0,
      channels: track.channels ?? 0,
    })),
    details: description.details ? detailsToMessage(description.details) : undefined,
    folder: description.folder ?? '',
    markers: (description.markers ?? []).map((marker) => ({ ...marker, kind: MARKER_KINDS[marker.kind] })),
  };
}

/**
 * What a message says, to be checked against the schema: a catalog id of the wrong length becomes a text that is none. A
 * title's name that is missing is the file's, a kind that is not known is `CLIP`, and a track of such a kind is left out.
 */
export function descriptionFromMessage(message: DescriptionMessage): UncheckedDescription {
  return {
    catalogId: catalogIdFromBytes(message.catalogId) ?? `${message.catalogId.byteLength} bytes`,
    name: message.name,
    sizeBytes: message.sizeBytes,
    hashes: message.hashes,
    container: message.container || null,
    mimeType: message.mimeType || null,
    videoCodec: message.videoCodec || null,
    audioCodec: message.audioCodec || null,
    durationSeconds: message.durationSeconds || null,
    width: message.width || null,
    height: message.height || null,
    language: message.language || null,
    title: message.title || message.name.slice(0, MAX_TITLE_LENGTH),
    year: message.year || null,
    season: message.season ?? null,
    episode: message.episode ?? null,
    kind: nameOf(KINDS, message.kind) ?? 'CLIP',
    chapters: message.chapters.map(toChapter),
    tracks: message.tracks.flatMap(toTracks),
    details: message.details ? detailsOrNull(detailsFromMessage(message.details)) : null,
    ...(message.markers.length > 0 ? { markers: message.markers.flatMap(toMarkers) } : {}),
    ...withFolder(message.folder),
  };
}

function toChapter({ startSeconds, endSeconds, title }: ChapterMessage): Chapter {
  return { startSeconds, endSeconds: endSeconds || null, title: title || null };
}

function withFolder(given: string): { folder?: string } {
  const folder = parseFolder(given);
  return folder === null ? {} : { folder };
}

function toMarkers({ kind, startSeconds, endSeconds }: MarkerMessage): Marker[] {
  const known = nameOf(MARKER_KINDS, kind);
  return known ? [{ kind: known, startSeconds, endSeconds }] : [];
}

function toTracks({ kind, codec, language, name, width, height, channels }: TrackMessage): MediaTrack[] {
  const known = nameOf(TRACK_KINDS, kind);
  if (!known) return [];
  return [
    {
      kind: known,
      codec: codec || null,
      language: language || null,
      name: name || null,
      width: width || null,
      height: height || null,
      channels: channels || null,
    },
  ];
}
