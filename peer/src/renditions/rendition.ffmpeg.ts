import { withDeadline } from '@giggityflix/kernel';
import { PIECE_SIZE, TRANSCODE_HEIGHTS } from '@giggityflix/proto/data-channel';
import { type MediaInput, UnknownContainerError, withMediaInput } from '../containers/input.ts';
import type { SharedContent } from '../content/content-source.ts';
import { RENDITION_LIMITS } from '../processes/limits.ts';
import { type Program, ProgramError, startProgram } from '../processes/program.ts';
import { renditionArguments } from './arguments/index.ts';
import { isPictureCopied, type PictureWork } from './arguments/picture.ts';
import { keyFrameBefore } from './key-frames.ts';
import { readCodecs } from './mp4-codecs.ts';
import { endProgram, readOutput } from './output.ts';
import type { AudioSource, Rendition, RenditionRequest } from './rendition.ts';
import { RenditionError } from './rendition-error.ts';

/** Longest wait for the first bytes; a slow disk and a long film need some seconds. */
const FIRST_BYTES_TIMEOUT_MS = 20_000;

export interface FFmpegOptions {
  ffmpegPath: string;
  ffprobePath: string | null;
  audio: AudioSource;
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
  { ffmpegPath, ffprobePath, audio }: FFmpegOptions,
  signal: AbortSignal,
): Promise<Rendition> {
  const picture = pictureWork(content, request);
  const wanted = Math.min(
    request.startSeconds,
    Math.max(0, (content.durationSeconds ?? Number.MAX_VALUE) - 1),
  );
  const startSeconds =
    picture.kind === 'encode' || wanted === 0 ? wanted : await keyFrameBefore(content, wanted, ffprobePath);
  signal.throwIfAborted();
  const ffmpeg = await startFFmpeg(content, ffmpegPath, (input) =>
    renditionArguments(input, { startSeconds, picture, audio }),
  );
  const output = readOutput(ffmpeg, content);
  const abort = () => ffmpeg.kill('SIGKILL');
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  let first: Uint8Array | null;
  try {
    first = await withDeadline(output.head(), FIRST_BYTES_TIMEOUT_MS, 'converting the film');
    signal.throwIfAborted();
    if (!first) throw new RenditionError('FFmpeg finds nothing in the film to convert');
  } catch (error) {
    await endProgram(ffmpeg);
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
  let index = 0;
  return {
    rendition: picture.kind === 'encode' ? 'transcode' : 'remux',
    sizeBytes: null,
    mimeType: `video/mp4; codecs="${readCodecs(first).join(', ')}"`,
    startSeconds,
    durationSeconds: content.durationSeconds,
    async read(wantedIndex) {
      if (wantedIndex !== index)
        throw new RenditionError(`piece ${wantedIndex} of a stream that is at ${index}`);
      const data = first ? first.subarray(0, PIECE_SIZE) : await output.next();
      if (!data) return null;
      first = first && first.byteLength > PIECE_SIZE ? first.subarray(PIECE_SIZE) : null;
      return { index: index++, data, proof: [] };
    },
    // FFmpeg works ahead by itself, as far as the pipe takes it.
    prefetch: () => {},
    finished: ffmpeg.exited,
    close: () => endProgram(ffmpeg),
  };
}

export function pictureWork(
  content: Pick<SharedContent, 'videoCodec'>,
  { rendition, maxHeight }: Pick<RenditionRequest, 'rendition' | 'maxHeight'>,
): PictureWork {
  if (rendition !== 'transcode' && isPictureCopied(content.videoCodec)) return { kind: 'copy' };
  return { kind: 'encode', maxHeight: maxHeight ?? TRANSCODE_HEIGHTS[0] };
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
