import { TRANSCODE_HEIGHTS } from '@giggityflix/proto/data-channel';
import type { SharedContent } from '../../content/content-source.ts';
import { holdFirstFrame } from './timing.ts';
import type { PictureWork, RenditionTime } from './work.ts';

/** Pictures a browser may decode and MP4 may hold; other has to be encoded anew. */
const COPIED_VIDEO = new Set(['avc', 'h264', 'hevc', 'h265', 'vp9', 'av1']);
/** Most bits a second of an encoded picture, by its height; a taller one than these would outrun most processors. */
const PEAK_KBITS: Readonly<Record<(typeof TRANSCODE_HEIGHTS)[number], number>> = {
  1080: 4_500,
  720: 2_500,
  480: 1_200,
  360: 700,
};

/** Containers that hold pictures in the order of decoding alone. */
const WITHOUT_TIMES = new Set(['avi']);

export function isPictureCopied({
  container,
  videoCodec,
}: Pick<SharedContent, 'container' | 'videoCodec'>): boolean {
  return COPIED_VIDEO.has(videoCodec ?? '') && !WITHOUT_TIMES.has(container ?? '');
}

export function pictureArguments(work: PictureWork, time: Pick<RenditionTime, 'skippedSeconds'>): string[] {
  if (work.kind === 'copy') return ['-map', '0:v:0', '-c:v', 'copy'];
  const { maxHeight } = work;
  const step = TRANSCODE_HEIGHTS.findLast((height) => height >= maxHeight) ?? TRANSCODE_HEIGHTS[0];
  const peak = PEAK_KBITS[step];
  return [
    ...['-map', '0:v:0', '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '23'],
    ...['-pix_fmt', 'yuv420p', '-g', '96', '-maxrate', `${peak}k`, '-bufsize', `${2 * peak}k`],
    // The encoder takes even numbers of lines alone.
    ...['-vf', `${holdFirstFrame(time)},scale=-2:'trunc(min(${maxHeight},ih)/2)*2'`],
  ];
}
