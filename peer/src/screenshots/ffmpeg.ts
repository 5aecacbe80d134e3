import { inputArguments, type MediaInput } from '../containers/input.ts';
import { PICTURE_LIMITS } from '../processes/limits.ts';
import { runProgram } from '../processes/run.ts';

export const PICTURE_WIDTH = 480;

/** In square pixels and whole pictures, as the frame is shown; FFmpeg turns it upright by itself. */
const FILTERS = [
  'bwdif=mode=send_frame:deint=interlaced',
  `scale=w=${PICTURE_WIDTH}:h='2*max(1,round(${PICTURE_WIDTH}/dar/2))'`,
  'setsar=1',
].join();
/** The film, and where there is none the cover of the sound. */
const STREAMS = ['V:0', 'v:0'] as const;

/**
 * Takes one frame as a JPEG {@link PICTURE_WIDTH} pixels wide.
 *
 * @throws Error with FFmpeg's words when there is no frame.
 */
export async function captureFrame(ffmpeg: string, input: MediaInput, atSeconds: number): Promise<Buffer> {
  let failure: Error | null = null;
  for (const stream of STREAMS) {
    try {
      return await captureOf(stream, { ffmpeg, input, atSeconds: stream === 'V:0' ? atSeconds : null });
    } catch (error) {
      failure ??= error as Error;
      // Another stream is of use only where there was none of the kind.
      if (!/matches no streams/.test(failure.message)) break;
    }
  }
  throw failure;
}

async function captureOf(
  stream: (typeof STREAMS)[number],
  { ffmpeg, input, atSeconds }: { ffmpeg: string; input: MediaInput; atSeconds: number | null },
): Promise<Buffer> {
  const args = [
    ...['-nostdin', '-v', 'error', '-threads', '1'],
    // A cover is at no time, and lost where one is looked for.
    ...[...(atSeconds === null ? [] : ['-ss', atSeconds.toFixed(3)]), ...inputArguments(input)],
    ...['-map', `0:${stream}`, '-an', '-sn', '-dn', '-frames:v', '1', '-vf', FILTERS, '-q:v', '5'],
    ...['-f', 'mjpeg', 'pipe:1'],
  ];
  const { code, exceeded, stdout, stderr } = await runProgram({
    path: ffmpeg,
    args,
    fd: input.handle.fd,
    limits: PICTURE_LIMITS,
    yields: true,
  });
  if (exceeded === 'output') throw new Error('the picture is too large');
  if (exceeded === 'time') throw new Error('the picture took too long');
  if (code === 0 && stdout.length > 0) return stdout;
  throw new Error(stderr.trim() || `there is no frame at ${(atSeconds ?? 0).toFixed(1)} s`);
}

/** Width and height in a JPEG's frame header; null when it has none. */
export function jpegSize(data: Buffer): { width: number; height: number } | null {
  let at = 2;
  while (at + 9 < data.length && data[at] === 0xff) {
    const marker = data[at + 1]!;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { height: data.readUInt16BE(at + 5), width: data.readUInt16BE(at + 7) };
    at += 2 + data.readUInt16BE(at + 2);
  }
  return null;
}
