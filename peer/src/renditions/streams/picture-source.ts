import type { ProbedStream } from '../../ffmpeg/stream-probe.ts';
import { displaySize, pixelAspect } from '../../metadata/display-size.ts';
import { roleOf } from '../../metadata/ffprobe.ts';
import { choosePicture } from '../../metadata/roles.ts';

/** The picture of a film: what it is made of. */
export interface PictureSource {
  /** FFmpeg's and ffprobe's name of the stream, within the first input. */
  stream: string;
  /** The container's number of it, in FFmpeg's form; null where it has none. */
  id: string | null;
  /** Among the video streams that are no covers. */
  place: number;
  /** As FFmpeg names it. */
  codec: string | null;
  /** As it is shown: in square pixels, turned as its maker wants it. Null where it is unknown. */
  size: { width: number; height: number } | null;
  /** The width of a pixel as a part of its height. */
  pixelAspect: number;
  /** Whether a frame holds two pictures, of every other line each. */
  isInterlaced: boolean;
  transfer: 'sdr' | 'pq' | 'hlg';
  /** How colours are coded, as FFmpeg names it; null where it is unknown, `gbr` for RGB. */
  matrix: string | null;
}

/** The first that is no cover, where nothing is known of the film's streams. */
export const UNKNOWN_PICTURE: PictureSource = {
  stream: 'V:0',
  id: null,
  place: 0,
  codec: null,
  size: null,
  pixelAspect: 1,
  isInterlaced: false,
  transfer: 'sdr',
  matrix: null,
};

const INTERLACED = new Set(['tt', 'bb', 'tb', 'bt']);
const TRANSFERS: Readonly<Record<string, PictureSource['transfer']>> = {
  smpte2084: 'pq',
  'arib-std-b67': 'hlg',
};

/** The picture that is watched; null for a film without one. */
export function pictureOf(streams: readonly ProbedStream[]): PictureSource | null {
  const pictures = streams.filter(({ codec_type }) => codec_type === 'video');
  const place = choosePicture(pictures.map(roleOf));
  const chosen = place === null ? null : pictures[place];
  if (!chosen) return null;
  const films = pictures.filter(({ disposition }) => disposition?.attached_pic !== 1);
  return {
    stream: String(chosen.index ?? UNKNOWN_PICTURE.stream),
    id: chosen.id ?? null,
    place: Math.max(0, films.indexOf(chosen)),
    codec: chosen.codec_name ?? null,
    size: displaySize(chosen),
    pixelAspect: pixelAspect(chosen),
    isInterlaced: INTERLACED.has(chosen.field_order ?? ''),
    transfer: TRANSFERS[chosen.color_transfer ?? ''] ?? 'sdr',
    matrix:
      chosen.color_space ?? (/^(?:gbr|rgb|bgr|argb|abgr|pal8)/.test(chosen.pix_fmt ?? '') ? 'gbr' : null),
  };
}
