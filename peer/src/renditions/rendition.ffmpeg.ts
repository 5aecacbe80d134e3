import { withDeadline } from '@giggityflix/kernel';
import { PIECE_SIZE, TRANSCODE_HEIGHTS } from '@giggityflix/proto/data-channel';
import {
  inputArguments,
  type MediaInput,
  UnknownContainerError,
  withMediaInput,
  withoutPath,
} from '../containers/input.ts';
import type { SharedContent } from '../content/content-source.ts';
import { PROBE_LIMITS, RENDITION_LIMITS } from '../processes/limits.ts';
import { type Program, ProgramError, startProgram } from '../processes/program.ts';
import { runProgram } from '../processes/run.ts';
import { readCodecs } from './mp4-codecs.ts';
import type { AudioSource, Rendition, RenditionRequest } from './rendition.ts';

/** Audio that players of fragmented MP4 decode; other is made into AAC beside a copied picture. */
const COPIED_AUDIO = new Set(['aac', 'opus', 'mp3', 'flac']);
/** Pictures a browser may decode and MP4 may hold; other has to be encoded anew. */
const COPIED_VIDEO = new Set(['avc', 'h264', 'hevc', 'h265', 'vp9', 'av1']);
/** Most bits a second of an encoded picture, by its height; a taller one than these would outrun most processors. */
const PEAK_KBITS: Readonly<Record<(typeof TRANSCODE_HEIGHTS)[number], number>> = {
  1080: 4_500,
  720: 2_500,
  480: 1_200,
  360: 700,
};
/** Longest wait for the first bytes; a slow disk and a long film need some seconds. */
const FIRST_BYTES_TIMEOUT_MS = 20_000;
/** FFmpeg looks for a key frame up to 0.13 s before the time asked for, in case frames are out of order. */
const KEY_FRAME_MARGIN_SECONDS = 0.25;
const PROBE_TIMEOUT_MS = 5_000;
/** Nothing of a fragment leaves before it is complete: what a viewer waits for after a seek. */
const FRAGMENT_MICROSECONDS = '500000';
/** How long FFmpeg may take to end before it is killed. */
const END_TIMEOUT_MS = 2_000;
/** How long FFmpeg may give nothing to a viewer who reads. */
const STALL_MS = 60_000;
/** Most of FFmpeg's complaints kept for the log, in characters. */
const MAX_COMPLAINT = 2_000;

export interface FFmpegOptions {
  ffmpegPath: string;
  ffprobePath: string | null;
  audio: AudioSource;
}

/** A rendition cannot be made; `message` is fit for the viewer. */
export class RenditionError extends Error {
  override readonly name = 'RenditionError';
}

/**
 * Makes a film into a stream of fragmented MP4 from some second on. FFmpeg runs no faster than the viewer reads: its
 * output waits in a pipe.
 *
 * @throws RenditionError where there is no FFmpeg, or it can do nothing with the file; the signal's reason. FFmpeg has ended by
 * then.
 */
export async function openFFmpegRendition(
  content: SharedContent,
  request: RenditionRequest,
  options: FFmpegOptions,
  signal: AbortSignal,
): Promise<Rendition> {
  const encode = request.rendition === 'transcode' || !COPIED_VIDEO.has(content.videoCodec ?? '');
  const wanted = Math.min(
    request.startSeconds,
    Math.max(0, (content.durationSeconds ?? Number.MAX_VALUE) - 1),
  );
  const startSeconds = encode || wanted === 0 ? wanted : await keyFrameBefore(content, wanted, options);
  signal.throwIfAborted();
  const maxHeight = request.maxHeight ?? TRANSCODE_HEIGHTS[0];
  const ffmpeg = await startFFmpeg(content, options.ffmpegPath, (input) =>
    argumentsFor(input, startSeconds, encode && maxHeight, options.audio),
  );
  const chunks = readChunks(ffmpeg, content);
  const abort = () => ffmpeg.kill('SIGKILL');
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  let first: Uint8Array | null;
  try {
    first = await withDeadline(chunks.head(), FIRST_BYTES_TIMEOUT_MS, 'converting the film');
    signal.throwIfAborted();
    if (!first) throw new RenditionError('FFmpeg finds nothing in the film to convert');
  } catch (error) {
    await end(ffmpeg);
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
  let index = 0;
  return {
    rendition: encode ? 'transcode' : 'remux',
    sizeBytes: null,
    mimeType: `video/mp4; codecs="${readCodecs(first).join(', ')}"`,
    startSeconds,
    durationSeconds: content.durationSeconds,
    async read(wantedIndex) {
      if (wantedIndex !== index)
        throw new RenditionError(`piece ${wantedIndex} of a stream that is at ${index}`);
      const data = first ? first.subarray(0, PIECE_SIZE) : await chunks.next();
      if (!data) return null;
      first = first && first.byteLength > PIECE_SIZE ? first.subarray(PIECE_SIZE) : null;
      return { index: index++, data, proof: [] };
    },
    // FFmpeg works ahead by itself, as far as the pipe takes it.
    prefetch: () => {},
    close: () => end(ffmpeg),
  };
}

/** @throws RenditionError, ContentChangedError */
async function startFFmpeg(
  content: SharedContent,
  path: string,
  argumentsOf: (input: MediaInput) => string[],
): Promise<Program> {
  try {
    return await withMediaInput(content, (input) =>
      startProgram({ path, args: argumentsOf(input), fd: input.handle.fd, limits: RENDITION_LIMITS }),
    );
  } catch (error) {
    if (error instanceof UnknownContainerError) throw new RenditionError(error.message);
    if (!(error instanceof ProgramError)) throw error;
    throw new RenditionError(
      error.isMissing ? 'this peer has no FFmpeg to convert the film with' : error.message,
    );
  }
}

/** @param encode the tallest picture, or false to copy it as it is. */
function argumentsFor(
  input: MediaInput,
  startSeconds: number,
  encode: number | false,
  { track, codec }: AudioSource,
): string[] {
  const video = encode === false ? ['copy'] : encoding(encode);
  const copyAudio = encode === false && COPIED_AUDIO.has(codec ?? '');
  const audio = copyAudio ? ['copy'] : ['aac', '-b:a', '160k', '-ac', '2'];
  return [
    ...[
      '-hide_banner',
      '-nostdin',
      '-loglevel',
      'error',
      '-ss',
      (encode !== false || startSeconds === 0
        ? startSeconds
        : startSeconds + KEY_FRAME_MARGIN_SECONDS
      ).toFixed(3),
    ],
    ...inputArguments(input),
    ...['-map', '0:v:0', '-map', `0:a:${track}?`, '-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1'],
    ...['-c:v', ...video, '-c:a', ...audio, '-strict', '-2'],
    ...[
      '-movflags',
      'frag_keyframe+empty_moov+default_base_moof',
      '-frag_duration',
      FRAGMENT_MICROSECONDS,
      '-f',
      'mp4',
      'pipe:1',
    ],
  ];
}

function encoding(maxHeight: number): string[] {
  const step = TRANSCODE_HEIGHTS.findLast((height) => height >= maxHeight) ?? TRANSCODE_HEIGHTS[0];
  const peak = PEAK_KBITS[step];
  return [
    ...['libx264', '-preset', 'veryfast', '-crf', '23', '-pix_fmt', 'yuv420p', '-g', '96'],
    ...['-maxrate', `${peak}k`, '-bufsize', `${2 * peak}k`],
    // The encoder takes even numbers of lines alone.
    ...['-vf', `scale=-2:'trunc(min(${maxHeight},ih)/2)*2'`],
  ];
}

/** Where copying from `seconds` on really begins: at the key frame before it. */
async function keyFrameBefore(
  content: SharedContent,
  seconds: number,
  { ffprobePath }: Pick<FFmpegOptions, 'ffprobePath'>,
): Promise<number> {
  if (!ffprobePath) return seconds;
  const args = [
    ...['-v', 'error', '-select_streams', 'v:0', '-read_intervals', `${seconds.toFixed(3)}%+#1`],
    ...['-show_entries', 'packet=pts_time', '-of', 'csv=p=0'],
  ];
  try {
    const { code, stdout } = await withMediaInput(content, (input) =>
      runProgram({
        path: ffprobePath,
        args: [...args, ...inputArguments(input)],
        fd: input.handle.fd,
        limits: { ...PROBE_LIMITS, wallMs: PROBE_TIMEOUT_MS },
      }),
    );
    const found = code === 0 ? Number.parseFloat(stdout.toString('latin1')) : Number.NaN;
    return Number.isFinite(found) && found >= 0 && found <= seconds ? found : seconds;
  } catch {
    return seconds;
  }
}

/** Output in pieces; whatever there is, up to a whole piece, so that the first picture does not wait. */
function readChunks(ffmpeg: Program, film: Pick<SharedContent, 'path'>) {
  const { stdout } = ffmpeg;
  let complaint = '';
  /** The first line, without the owner's folders. */
  const reason = () => withoutPath(complaint, film).trim().split('\n')[0] || 'no reason given';
  let failure: Error | null = null;
  let ended = false;
  let wake = () => {};
  const settle = () => {
    ended = true;
    wake();
  };
  ffmpeg.stderr.on('data', (text: Buffer) => {
    complaint = (complaint + text).slice(0, MAX_COMPLAINT);
  });
  stdout.on('readable', () => wake());
  stdout.on('error', settle);
  void ffmpeg.ended.then(({ code, signal, exceeded }) => {
    // A stream that breaks off must not pass for one that has ended.
    if (exceeded) failure ??= new RenditionError('the film took too long to convert');
    else if (code !== 0) failure ??= new RenditionError(`FFmpeg stopped (${signal ?? code}): ${reason()}`);
    settle();
  });

  const next = async (): Promise<Uint8Array | null> => {
    for (;;) {
      const waiting = Math.min(PIECE_SIZE, stdout.readableLength);
      const chunk: Buffer | null = waiting > 0 ? stdout.read(waiting) : stdout.read();
      if (chunk) return chunk;
      if (failure) throw failure;
      if (ended) return null;
      const stall = setTimeout(() => {
        failure ??= new RenditionError('FFmpeg makes no progress');
        ffmpeg.kill('SIGKILL');
      }, STALL_MS);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      clearTimeout(stall);
    }
  };
  return {
    next,
    /** The beginning of the file up to the description of its tracks. */
    async head(): Promise<Uint8Array | null> {
      let head: Uint8Array = new Uint8Array(0);
      while (head.byteLength < PIECE_SIZE && readCodecs(head).length === 0) {
        const chunk = await next();
        if (!chunk) return null;
        head = Buffer.concat([head, chunk]);
      }
      return head;
    },
  };
}

async function end(ffmpeg: Program): Promise<void> {
  if (ffmpeg.hasEnded()) return;
  ffmpeg.stdout.destroy();
  ffmpeg.kill('SIGTERM');
  const killed = setTimeout(() => ffmpeg.kill('SIGKILL'), END_TIMEOUT_MS);
  await ffmpeg.ended;
  clearTimeout(killed);
}
