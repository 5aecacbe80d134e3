import { inputArguments, type OpenableFilm, withMediaInput } from '../containers/input.ts';
import { PROBE_LIMITS } from '../processes/limits.ts';
import { runProgram } from '../processes/run.ts';

/** A viewer waits for it. */
const TIMEOUT_MS = 10_000;
const MAX_OUTPUT_BYTES = 1_048_576;
const LIMITS = { ...PROBE_LIMITS, wallMs: TIMEOUT_MS, outputBytes: MAX_OUTPUT_BYTES };

/** A stream within a film, in ffprobe's words. */
export interface ProbedStream {
  /** Among the streams of every kind. */
  index?: number;
  codec_name?: string;
  channels?: number;
  /** A fraction. */
  avg_frame_rate?: string;
  tags?: { language?: string; title?: string; handler_name?: string };
  /** 1 for what holds. */
  disposition?: Readonly<Record<string, number>>;
}

/**
 * The video (`v`), audio (`a`) or subtitle (`s`) streams of a film in its order; null when ffprobe does not know.
 *
 * @throws the signal's reason
 */
export async function probeStreams(
  content: OpenableFilm,
  kind: 'v' | 'a' | 's',
  ffprobePath: string,
  signal: AbortSignal,
): Promise<ProbedStream[] | null> {
  const entries =
    'stream=index,codec_name,channels,avg_frame_rate:stream_tags=language,title,handler_name:stream_disposition';
  const args = ['-v', 'error', '-select_streams', kind, '-of', 'json', '-show_entries', entries];
  try {
    const { code, stdout } = await withMediaInput(content, (input) =>
      runProgram(
        {
          path: ffprobePath,
          args: [...args, ...inputArguments(input)],
          fd: input.handle.fd,
          limits: LIMITS,
        },
        signal,
      ),
    );
    if (code !== 0) return null;
    return (JSON.parse(stdout.toString('utf8')) as { streams?: ProbedStream[] }).streams ?? [];
  } catch {
    signal.throwIfAborted();
    return null;
  }
}
