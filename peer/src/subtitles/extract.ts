import {
  inputArguments,
  type MediaInput,
  type OpenableFilm,
  UnknownContainerError,
  withMediaInput,
} from '../containers/input.ts';
import { SUBTITLE_LIMITS } from '../processes/limits.ts';
import { type Ending, ProgramError, startProgram } from '../processes/program.ts';
import { runProgram } from '../processes/run.ts';
import { MAX_TEXT_BYTES, SubtitleError } from './text.ts';

/** A subtitle stream of a film. */
export interface StreamToExtract {
  content: OpenableFilm;
  /** Among the streams of every kind. */
  index: number;
  /** As FFmpeg names it. */
  codec: string;
}

/** FFmpeg's muxers of text, and whether they take a codec as it is; other codecs of text are written as SubRip. */
const TEXT_FORMATS: Readonly<Record<string, { muxer: string; codec: string }>> = {
  webvtt: { muxer: 'webvtt', codec: 'copy' },
  ass: { muxer: 'ass', codec: 'copy' },
  ssa: { muxer: 'ass', codec: 'copy' },
  subrip: { muxer: 'srt', codec: 'copy' },
};
const AS_SUBRIP = { muxer: 'srt', codec: 'subrip' };

/**
 * The text of a stream in the format nearest to its own, by FFmpeg.
 *
 * @throws SubtitleError, ContentChangedError, the signal's reason; FFmpeg has ended by then.
 */
export async function extractText(
  { content, index, codec }: StreamToExtract,
  ffmpegPath: string,
  signal: AbortSignal,
): Promise<string> {
  const { muxer, codec: coding } = TEXT_FORMATS[codec] ?? AS_SUBRIP;
  const output = ['-map', `0:${index}`, '-c:s', coding, '-f', muxer, 'pipe:1'];
  const command = (media: MediaInput) => ({
    path: ffmpegPath,
    args: argumentsOf(media, output),
    fd: media.handle.fd,
    limits: { ...SUBTITLE_LIMITS, outputBytes: MAX_TEXT_BYTES },
  });
  return withFilm(content, async (media) => {
    const { stdout, ...ending } = await runProgram(command(media), signal);
    checkEnding(ending);
    return stdout.toString('utf8');
  });
}

/** FFmpeg's muxers of pictures. A program stream begins half a second late unless it is told not to. */
const PICTURE_FORMATS = {
  pgs: ['-f', 'sup'],
  vobsub: ['-preload', '0', '-muxdelay', '0', '-f', 'vob'],
};

/**
 * The pictures of a stream as they come from FFmpeg, in the format of Blu-ray (`.sup`) or of DVDs (`.sub`). The program has ended
 * when the iteration has.
 *
 * @throws SubtitleError, ContentChangedError, the signal's reason
 */
export function extractPictures<T>(
  { content, index }: StreamToExtract,
  { ffmpegPath, format }: { ffmpegPath: string; format: keyof typeof PICTURE_FORMATS },
  signal: AbortSignal,
  take: (pictures: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  const output = ['-map', `0:${index}`, '-c:s', 'copy', ...PICTURE_FORMATS[format], 'pipe:1'];
  return withFilm(content, async (media) => {
    const program = await startProgram({
      path: ffmpegPath,
      args: argumentsOf(media, output),
      fd: media.handle.fd,
      limits: SUBTITLE_LIMITS,
    });
    program.stderr.resume();
    const abort = () => program.kill('SIGKILL');
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    async function* pictures() {
      for await (const part of program.stdout) yield part as Buffer;
      checkEnding(await program.ended);
    }
    try {
      return await take(pictures());
    } finally {
      abort();
      await program.ended;
      signal.removeEventListener('abort', abort);
      signal.throwIfAborted();
    }
  });
}

function argumentsOf(media: MediaInput, output: readonly string[]): string[] {
  return ['-hide_banner', '-loglevel', 'error', '-nostdin', ...inputArguments(media), ...output];
}

async function withFilm<T>(content: OpenableFilm, work: (media: MediaInput) => Promise<T>): Promise<T> {
  try {
    return await withMediaInput(content, work);
  } catch (error) {
    if (error instanceof UnknownContainerError) throw new SubtitleError(error.message);
    if (!(error instanceof ProgramError)) throw error;
    throw new SubtitleError(
      error.isMissing ? 'this peer has no FFmpeg to extract subtitles with' : error.message,
    );
  }
}

function checkEnding({ code, exceeded }: Ending): void {
  if (exceeded === 'output') throw new SubtitleError('the subtitles are too long');
  if (exceeded === 'time') throw new SubtitleError('the subtitles took too long to read');
  if (code !== 0) throw new SubtitleError('FFmpeg can do nothing with the subtitles');
}
