import { z } from 'zod';
import { catalogId } from '../catalog-id.ts';
import { mediaDetails } from './details.ts';
import { parseFolder } from './folder.ts';
import {
  MAX_CHANNELS,
  MAX_CHAPTERS,
  MAX_CODEC_LENGTH,
  MAX_EPISODE,
  MAX_LABEL_LENGTH,
  MAX_LANGUAGE_LENGTH,
  MAX_MARKERS,
  MAX_MIME_TYPE_LENGTH,
  MAX_NAME_LENGTH,
  MAX_PIXELS,
  MAX_SEASON,
  MAX_TITLE_LENGTH,
  MAX_TRACKS,
  MAX_YEAR,
  MIN_YEAR,
} from './limits.ts';

const text = (max: number) => z.string().max(max).nullable();
const count = (max: number) => z.int().min(0).max(max).nullable();
const codec = text(MAX_CODEC_LENGTH);
/** ISO 639-2/T or BCP 47. */
const language = text(MAX_LANGUAGE_LENGTH);
const pixels = count(MAX_PIXELS);
const seconds = z.number().min(0);

/** A part of a media file that its maker has named. */
export const chapter = z.object({
  startSeconds: seconds,
  endSeconds: seconds.nullable(),
  title: text(MAX_LABEL_LENGTH),
});

/** A part of a media file that viewers may want to skip. */
export const marker = z.object({
  kind: z.enum(['INTRO', 'CREDITS']),
  startSeconds: seconds,
  endSeconds: seconds,
});

/** A track inside a media file. */
export const mediaTrack = z.object({
  kind: z.enum(['VIDEO', 'AUDIO', 'SUBTITLE']),
  codec,
  language,
  name: text(MAX_LABEL_LENGTH),
  width: pixels,
  height: pixels,
  channels: count(MAX_CHANNELS),
});

/** What a media file is of, as far as one peer knows: the facts a title is made of. */
const titleFacts = {
  title: z.string().min(1).max(MAX_TITLE_LENGTH),
  year: z.int().min(MIN_YEAR).max(MAX_YEAR).nullable(),
  season: count(MAX_SEASON),
  episode: count(MAX_EPISODE),
  kind: z.enum(['MOVIE', 'EPISODE', 'CLIP']),
};

/**
 * What a peer has found out about a media file. Null stands for what it has not; 0 and the empty text, which Protocol
 * Buffers send in place of null, mean the same everywhere but in `season`, `episode` and `startSeconds`.
 */
export const mediaDescription = z.object({
  catalogId,
  /** The file's name, without its folder. */
  name: z.string().min(1).max(MAX_NAME_LENGTH),
  sizeBytes: z.int().min(1),
  /** Lowercase hexadecimal by algorithm. */
  hashes: z.record(z.string().regex(/^[a-z0-9-]{2,20}$/), z.string().regex(/^[0-9a-f]{8,256}$/)),
  container: codec,
  mimeType: text(MAX_MIME_TYPE_LENGTH),
  videoCodec: codec,
  audioCodec: codec,
  durationSeconds: seconds.nullable(),
  width: pixels,
  height: pixels,
  language,
  ...titleFacts,
  /** In order. */
  chapters: z.array(chapter).max(MAX_CHAPTERS),
  /** In the order of the file. */
  tracks: z.array(mediaTrack).max(MAX_TRACKS),
  /** Missing where none were looked for. */
  markers: z.array(marker).max(MAX_MARKERS).optional(),
  /** Where the peer has the file, see {@link parseFolder}; missing where it does not say, or what is no path. */
  folder: z
    .custom<string>((value) => parseFolder(value) !== null)
    .optional()
    .catch(undefined),
  /** What is said of the work itself. */
  details: mediaDetails.nullable(),
});

export type Marker = z.infer<typeof marker>;
export type Chapter = z.infer<typeof chapter>;
export type MediaTrack = z.infer<typeof mediaTrack>;
export type MediaDescription = z.infer<typeof mediaDescription>;
/** A description that has not been checked yet, such as a peer's message. */
export type UncheckedDescription = z.input<typeof mediaDescription>;
