import {
  inputArguments,
  type OpenableFilm,
  UnknownContainerError,
  withMediaInput,
} from '../containers/input.ts';
import { SUBTITLE_LIMITS } from '../processes/limits.ts';
import { type ProgramCommand, ProgramError } from '../processes/program.ts';
import { type Result, runProgram } from '../processes/run.ts';
import { SubtitleError } from './text.ts';

/** What FFmpeg reads: a track of a film, or text of a format. */
export type SubtitleInput = { content: OpenableFilm; index: number } | { text: string; format: string };

/**
 * Makes subtitles into WebVTT with FFmpeg.
 *
 * @throws SubtitleError, ContentChangedError, the signal's reason; FFmpeg has ended by then.
 */
export async function convertToWebVtt(
  input: SubtitleInput,
  ffmpegPath: string,
  signal: AbortSignal,
): Promise<string> {
  const run = (source: string[], given: Pick<ProgramCommand, 'fd' | 'stdin'>) =>
    runProgram(
      {
        path: ffmpegPath,
        args: ['-hide_banner', '-loglevel', 'error', ...source, '-f', 'webvtt', 'pipe:1'],
        limits: SUBTITLE_LIMITS,
        ...given,
      },
      signal,
    );
  try {
    if ('text' in input) {
      const { format, text } = input;
      const source = [
        '-protocol_whitelist',
        'pipe',
        '-format_whitelist',
        format,
        '-f',
        format,
        '-i',
        'pipe:0',
      ];
      return toText(await run(source, { stdin: text }));
    }
    return await withMediaInput(input.content, async (media) => {
      const source = ['-nostdin', ...inputArguments(media), '-map', `0:${input.index}`];
      return toText(await run(source, { fd: media.handle.fd }));
    });
  } catch (error) {
    if (error instanceof UnknownContainerError) throw new SubtitleError(error.message);
    if (!(error instanceof ProgramError)) throw error;
    throw new SubtitleError(
      error.isMissing ? 'this peer has no FFmpeg to convert subtitles with' : error.message,
    );
  }
}

function toText({ code, exceeded, stdout }: Result): string {
  if (exceeded === 'output') throw new SubtitleError('the subtitles are too long');
  if (exceeded === 'time') throw new SubtitleError('the subtitles took too long to read');
  if (code !== 0) throw new SubtitleError('FFmpeg can do nothing with the subtitles');
  return stdout.toString('utf8');
}
