import { inputArguments, type MediaInput } from '../containers/input.ts';
import { PICTURE_LIMITS } from '../processes/limits.ts';
import { runProgram } from '../processes/run.ts';

export const PICTURE_WIDTH = 480;

/** In square pixels and whole pictures, as the frame is shown; FFmpeg turns it upright by itself. */
const WHOLE = [
  'bwdif=mode=send_frame:deint=interlaced',
  `scale=w=${PICTURE_WIDTH}:h='2*max(1,round(${PICTURE_WIDTH}/dar/2))'`,
];
/** What FFmpeg calls the first cover, where there is no film. */
const COVER = 'v:0';

/** The frame that is wanted. */
export interface Frame {
  atSeconds: number;
  /** What FFmpeg calls the picture. */
  stream: string;
  /** Filters that map its colours to those of usual screens. */
  toneMapping: readonly string[];
}

/**
 * Takes one frame as a JPEG {@link PICTURE_WIDTH} pixels wide.
 *
 * @throws Error with FFmpeg's words when there is no frame.
 */
export async function captureFrame(ffmpeg: string, input: MediaInput, frame: Frame): Promise<Buffer> {
  try {
    return await capture(ffmpeg, input, frame);
  } catch (error) {
    // Another stream is of use only where there was none of the kind.
    if (!/matches no streams/.test((error as Error).message)) throw error;
    return capture(ffmpeg, input, { ...frame, stream: COVER });
  }
}

async function capture(
  ffmpeg: string,
  input: MediaInput,
  { atSeconds, stream, toneMapping }: Frame,
): Promise<Buffer> {
  const filters = [...WHOLE, ...toneMapping, 'setsar=1'].join();
  const args = [
    ...['-nostdin', '-v', 'error', '-threads', '1'],
    // A cover is at no time, and lost where one is looked for.
    ...[...(stream === COVER ? [] : ['-ss', atSeconds.toFixed(3)]), ...inputArguments(input)],
    ...['-map', `0:${stream}`, '-an', '-sn', '-dn', '-frames:v', '1', '-vf', filters, '-q:v', '5'],
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
  throw new Error(stderr.trim() || `there is no frame at ${atSeconds.toFixed(1)} s`);
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
