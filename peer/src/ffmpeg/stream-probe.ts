import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const TIMEOUT_MS = 10_000;
const MAX_OUTPUT_BYTES = 1_048_576;

/** A stream within a film, in ffprobe's words. */
export interface ProbedStream {
  /** Among the streams of every kind. */
  index?: number;
  codec_name?: string;
  channels?: number;
  tags?: { language?: string; title?: string; handler_name?: string };
  /** 1 for what holds. */
  disposition?: Readonly<Record<string, number>>;
}

/**
 * The audio (`a`) or subtitle (`s`) streams of a film in its order; null when ffprobe does not know.
 *
 * @throws the signal's reason
 */
export async function probeStreams(
  path: string,
  kind: 'a' | 's',
  ffprobePath: string,
  signal: AbortSignal,
): Promise<ProbedStream[] | null> {
  const entries =
    'stream=index,codec_name,channels:stream_tags=language,title,handler_name:stream_disposition';
  const args = [
    ...['-v', 'error', '-protocol_whitelist', 'file', '-select_streams', kind, '-of', 'json'],
    ...['-show_entries', entries, `file:${path}`],
  ];
  try {
    const { stdout } = await promisify(execFile)(ffprobePath, args, {
      timeout: TIMEOUT_MS,
      maxBuffer: MAX_OUTPUT_BYTES,
      signal,
    });
    return (JSON.parse(stdout) as { streams?: ProbedStream[] }).streams ?? [];
  } catch {
    signal.throwIfAborted();
    return null;
  }
}
