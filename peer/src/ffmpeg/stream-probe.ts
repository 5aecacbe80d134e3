import { inputArguments, type OpenableFilm, withMediaInput } from '../containers/input.ts';
import { PROBE_LIMITS } from '../processes/limits.ts';
import { runProgram } from '../processes/run.ts';

/** A viewer waits for it. */
const TIMEOUT_MS = 10_000;
const MAX_OUTPUT_BYTES = 1_048_576;
const LIMITS = { ...PROBE_LIMITS, wallMs: TIMEOUT_MS, outputBytes: MAX_OUTPUT_BYTES };

const ENTRIES = [
  'stream=index,codec_type,codec_name,pix_fmt,width,height,sample_aspect_ratio,field_order,color_space,color_transfer',
  ',channels,sample_rate,avg_frame_rate:stream_tags=language,title,handler_name:stream_disposition',
  ':stream_side_data=rotation',
].join('');

/** A stream within a film, in ffprobe's words. */
export interface ProbedStream {
  /** Among the streams of every kind. */
  index?: number;
  codec_type?: string;
  codec_name?: string;
  pix_fmt?: string;
  width?: number;
  height?: number;
  sample_aspect_ratio?: string;
  /** `progressive`, or how the lines of an interlaced picture are ordered. */
  field_order?: string;
  color_space?: string;
  color_transfer?: string;
  side_data_list?: { rotation?: number }[];
  channels?: number;
  sample_rate?: string;
  /** A fraction. */
  avg_frame_rate?: string;
  tags?: { language?: string; title?: string; handler_name?: string };
  /** 1 for what holds. */
  disposition?: Readonly<Record<string, number>>;
}

/**
 * The video (`v`), audio (`a`) or subtitle (`s`) streams of a film in its order, or those of every kind; null when ffprobe does not know.
 *
 * @throws the signal's reason
 */
export async function probeStreams(
  content: OpenableFilm,
  kind: 'v' | 'a' | 's' | 'all',
  ffprobePath: string,
  signal: AbortSignal,
): Promise<ProbedStream[] | null> {
  const args = [
    ...['-v', 'error', ...(kind === 'all' ? [] : ['-select_streams', kind])],
    ...['-of', 'json', '-show_entries', ENTRIES],
  ];
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

/** Longest data of a codec that is looked at; those of subtitles are a few lines. */
const MAX_CODEC_DATA_LINES = 1_000;

/**
 * What a film says to the decoder of one of its streams; empty where ffprobe does not know.
 *
 * @throws the signal's reason
 */
export async function probeCodecData(
  content: OpenableFilm,
  index: number,
  ffprobePath: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const args = ['-v', 'error', '-select_streams', String(index), '-show_data', '-of', 'default'];
  try {
    const { code, stdout } = await withMediaInput(content, (input) =>
      runProgram(
        {
          path: ffprobePath,
          args: [...args, '-show_entries', 'stream=extradata', ...inputArguments(input)],
          fd: input.handle.fd,
          limits: LIMITS,
        },
        signal,
      ),
    );
    if (code !== 0) return new Uint8Array();
    // "00000010: 6c65 7474 …  lette"
    const lines = stdout.toString('latin1').split('\n').slice(0, MAX_CODEC_DATA_LINES);
    const hex = lines.map((line) => /^[0-9a-f]{8}: ((?:[0-9a-f]{2,4} ){1,8})/.exec(line)?.[1] ?? '');
    return Buffer.from(hex.join('').replaceAll(' ', ''), 'hex');
  } catch {
    signal.throwIfAborted();
    return new Uint8Array();
  }
}
