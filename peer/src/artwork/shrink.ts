// cspell:ignore DEMUXERS
import type { FileHandle } from 'node:fs/promises';
import { inputArguments, type MediaInput } from '../containers/input.ts';
import { PICTURE_LIMITS } from '../processes/limits.ts';
import { runProgram } from '../processes/run.ts';
import type { PictureType } from './picture-header.ts';

/** Sizes and qualities that are tried until the edge takes the picture, the first of which the catalog would make it anyway. */
const ATTEMPTS = [
  { side: 1_280, quality: 4 },
  { side: 1_280, quality: 12 },
  { side: 640, quality: 12 },
] as const;
const DEMUXERS: Readonly<Record<PictureType, string>> = {
  'image/jpeg': 'jpeg_pipe',
  'image/png': 'png_pipe',
  'image/webp': 'webp_pipe',
};

const scale = (side: number) =>
  `scale=w='min(${side},iw)':h='min(${side},ih)':force_original_aspect_ratio=decrease`;

/**
 * A picture as a JPEG that the edge takes.
 *
 * @throws Error in words for its owner.
 */
export function shrinkPicture(
  ffmpeg: string,
  { type, path, handle }: { type: PictureType; path: string; handle: FileHandle },
): Promise<Buffer> {
  return encode(ffmpeg, { container: { name: 'picture', demuxer: DEMUXERS[type] }, path, handle }, []);
}

/** The cover within a film, the same way. */
export function extractCover(ffmpeg: string, input: MediaInput): Promise<Buffer> {
  // Pictures that are attached are video streams, and no "V" streams.
  return encode(ffmpeg, input, ['-map', '0:v', '-map', '-0:V']);
}

async function encode(ffmpeg: string, input: MediaInput, map: string[]): Promise<Buffer> {
  for (const attempt of ATTEMPTS) {
    const data = await encodeOnce(ffmpeg, input, { map, ...attempt });
    if (data) return data;
  }
  throw new Error('it is too large, made smaller too');
}

/** Null when it is still too large. */
async function encodeOnce(
  ffmpeg: string,
  input: MediaInput,
  { map, side, quality }: { map: string[]; side: number; quality: number },
): Promise<Buffer | null> {
  const args = [
    ...['-nostdin', '-v', 'error', '-threads', '1', ...inputArguments(input), ...map],
    ...[
      '-an',
      '-sn',
      '-dn',
      '-frames:v',
      '1',
      '-vf',
      scale(side),
      '-q:v',
      String(quality),
      '-f',
      'mjpeg',
      'pipe:1',
    ],
  ];
  const { code, exceeded, stdout, stderr } = await runProgram({
    path: ffmpeg,
    args,
    fd: input.handle.fd,
    limits: PICTURE_LIMITS,
    yields: true,
  });
  if (exceeded === 'output') return null;
  if (exceeded === 'time') throw new Error('it takes too long to read');
  if (code === 0 && stdout.length > 0) return stdout;
  throw new Error(`it cannot be read: ${stderr.trim().split('\n')[0] || 'there is no picture'}`);
}
