import { TRANSCODE_HEIGHTS } from '@giggityflix/proto/data-channel';
import type { SharedContent } from '../../content/content-source.ts';
import type { RenditionRequest } from '../rendition.ts';
import type { FilmStreams } from '../streams/film-streams.ts';
import { UNKNOWN_PICTURE } from '../streams/picture-source.ts';
import { pictureFilters } from './filters.ts';
import { holdFirstFrame } from './timing.ts';
import type { PictureWork, RenditionWork } from './work.ts';

/** Pictures a browser may decode and MP4 may hold; other has to be encoded anew. */
const COPIED_VIDEO = new Set(['avc', 'h264', 'hevc', 'h265', 'vp9', 'av1']);
/** The sample entry browsers want of HEVC: parameters in one place, not in the stream. */
const TAGS: Readonly<Record<string, string>> = { hevc: 'hvc1', h265: 'hvc1' };
/** Most bits a second of an encoded picture, by its height; a taller one than these would outrun most processors. */
const PEAK_KBITS: Readonly<Record<(typeof TRANSCODE_HEIGHTS)[number], number>> = {
  1080: 4_500,
  720: 2_500,
  480: 1_200,
  360: 700,
};

/** Containers that hold pictures in the order of decoding alone. */
const WITHOUT_TIMES = new Set(['avi']);

/** What becomes of a film's picture in the form asked for. */
export function pictureWork(
  content: Pick<SharedContent, 'container' | 'videoCodec'>,
  streams: FilmStreams | null,
  { rendition, maxHeight = TRANSCODE_HEIGHTS[0] }: Pick<RenditionRequest, 'rendition' | 'maxHeight'>,
): PictureWork {
  const source = streams ? streams.picture : { ...UNKNOWN_PICTURE, codec: content.videoCodec };
  if (!source) return { kind: 'none' };
  const isCopied = COPIED_VIDEO.has(source.codec ?? '') && !WITHOUT_TIMES.has(content.container ?? '');
  if (rendition !== 'transcode' && isCopied) return { kind: 'copy', source };
  return { kind: 'encode', source, maxHeight };
}

/** A picture that was to be copied, where it cannot begin at the place asked for without what comes before. */
export function encodedInstead(
  work: PictureWork & { kind: 'copy' },
  { maxHeight = TRANSCODE_HEIGHTS[0] }: Pick<RenditionRequest, 'maxHeight'>,
): PictureWork {
  return { kind: 'encode', source: work.source, maxHeight };
}

export function pictureArguments(
  work: PictureWork,
  { time, hasZscale }: Pick<RenditionWork, 'time' | 'hasZscale'>,
): string[] {
  if (work.kind === 'none') return ['-vn'];
  const { source } = work;
  const map = ['-map', `0:${source.stream}?`];
  if (work.kind === 'copy') {
    const tag = TAGS[source.codec ?? ''];
    return [...map, '-c:v', 'copy', ...(tag ? ['-tag:v', tag] : [])];
  }
  const { maxHeight } = work;
  const step = TRANSCODE_HEIGHTS.findLast((height) => height >= maxHeight) ?? TRANSCODE_HEIGHTS[0];
  const peak = PEAK_KBITS[step];
  const { filters, colours } = pictureFilters(source, maxHeight, hasZscale);
  return [
    ...[...map, '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '23'],
    ...[
      '-g',
      '96',
      '-maxrate',
      `${peak}k`,
      '-bufsize',
      `${2 * peak}k`,
      '-vf',
      `${holdFirstFrame(time)},${filters}`,
      ...colours,
    ],
  ];
}
