import {
  inputArguments,
  type OpenableFilm,
  UnknownContainerError,
  withMediaInput,
} from '../containers/input.ts';
import { SUBTITLE_LIMITS } from '../processes/limits.ts';
import { ProgramError } from '../processes/program.ts';
import { type Result, runProgram } from '../processes/run.ts';
import { SubtitleError } from './text.ts';

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
  const bytes = await run({ content, output }, ffmpegPath, signal);
  return bytes.toString('utf8');
}

async function run(
  { content, output }: { content: OpenableFilm; output: string[] },
  ffmpegPath: string,
  signal: AbortSignal,
): Promise<Buffer> {
  try {
    return await withMediaInput(content, async (media) =>
      outputOf(
        await runProgram(
          {
            path: ffmpegPath,
            args: ['-hide_banner', '-loglevel', 'error', '-nostdin', ...inputArguments(media), ...output],
            fd: media.handle.fd,
            limits: SUBTITLE_LIMITS,
          },
          signal,
        ),
      ),
    );
  } catch (error) {
    if (error instanceof UnknownContainerError) throw new SubtitleError(error.message);
    if (!(error instanceof ProgramError)) throw error;
    throw new SubtitleError(
      error.isMissing ? 'this peer has no FFmpeg to extract subtitles with' : error.message,
    );
  }
}

function outputOf({ code, exceeded, stdout }: Result): Buffer {
  if (exceeded === 'output') throw new SubtitleError('the subtitles are too long');
  if (exceeded === 'time') throw new SubtitleError('the subtitles took too long to read');
  if (code !== 0) throw new SubtitleError('FFmpeg can do nothing with the subtitles');
  return stdout;
}
