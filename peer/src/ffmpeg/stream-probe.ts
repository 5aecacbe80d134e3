import { inputArguments, type OpenableFilm, withMediaInput } from '../containers/input.ts';
import { PROBE_LIMITS } from '../processes/limits.ts';
import { runProgram } from '../processes/run.ts';

/** A viewer waits for it. */
const TIMEOUT_MS = 10_000;
const MAX_OUTPUT_BYTES = 1_048_576;
const LIMITS = { ...PROBE_LIMITS, wallMs: TIMEOUT_MS, outputBytes: MAX_OUTPUT_BYTES };

const ENTRIES = [
  'format=start_time:stream=index,id,start_time,duration,codec_type,codec_name,pix_fmt,width,height,sample_aspect_ratio,field_order,color_space,color_transfer',
  ',channels,sample_rate,avg_frame_rate:stream_tags=language,title,handler_name,DURATION:stream_disposition',
  ':stream_side_data=rotation',
].join('');

/** A stream within a film, in ffprobe's words. */
export interface ProbedStream {
  /** Among the streams of every kind. */
  index?: number;
  /** What its container calls it, where it has a number of its own. */
  id?: string;
  start_time?: string;
  duration?: string;
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
  tags?: { language?: string; title?: string; handler_name?: string; DURATION?: string };
  /** 1 for what holds. */
  disposition?: Readonly<Record<string, number>>;
}

/** A film in ffprobe's words. */
export interface ProbedFilm {
  format?: { start_time?: string };
  streams: ProbedStream[];
}

/**
 * All of a film's streams in its order, and when it begins; null when ffprobe does not know.
 *
 * @throws the signal's reason
 */
export function probeFilm(
  content: OpenableFilm,
  ffprobePath: string,
  signal: AbortSignal,
): Promise<ProbedFilm | null> {
  return probe(content, [], ffprobePath, signal);
}

/**
 * When the first packet of a stream is presented, on the file's clock; null where ffprobe finds none.
 *
 * @throws the signal's reason
 */
export function probeFirstTime(
  content: OpenableFilm,
  index: number,
  ffprobePath: string,
  signal: AbortSignal,
): Promise<number | null> {
  const entries = ['-show_entries', 'packet=pts_time', '-of', 'csv=p=0'];
  const args = ['-select_streams', String(index), '-read_intervals', '%+#1', ...entries];
  return runProbe(content, { ffprobePath, args, signal }, (output) => {
    const seconds = Number.parseFloat(output.toString('latin1'));
    return Number.isFinite(seconds) ? seconds : null;
  });
}

/**
 * Its video (`v`) or subtitle (`s`) streams alone.
 *
 * @throws the signal's reason
 */
export async function probeStreams(
  content: OpenableFilm,
  kind: 'v' | 's',
  ffprobePath: string,
  signal: AbortSignal,
): Promise<ProbedStream[] | null> {
  return (await probe(content, ['-select_streams', kind], ffprobePath, signal))?.streams ?? null;
}

async function probe(
  content: OpenableFilm,
  selection: string[],
  ffprobePath: string,
  signal: AbortSignal,
): Promise<ProbedFilm | null> {
  const args = [...selection, '-of', 'json', '-show_entries', ENTRIES];
  return runProbe(content, { ffprobePath, args, signal }, (output) => {
    const { format, streams = [] } = JSON.parse(output.toString('utf8')) as Partial<ProbedFilm>;
    return { format, streams };
  });
}

/** What `read` makes of ffprobe's output; null where it has none to give. @throws the signal's reason */
async function runProbe<T>(
  content: OpenableFilm,
  { ffprobePath, args, signal }: { ffprobePath: string; args: string[]; signal: AbortSignal },
  read: (output: Buffer) => T,
): Promise<T | null> {
  try {
    const { code, stdout } = await withMediaInput(content, (input) =>
      runProgram(
        {
          path: ffprobePath,
          args: ['-v', 'error', ...args, ...inputArguments(input)],
          fd: input.handle.fd,
          limits: LIMITS,
        },
        signal,
      ),
    );
    return code === 0 ? read(stdout) : null;
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
  const args = ['-select_streams', String(index), '-show_data', '-of', 'default'];
  const entries = ['-show_entries', 'stream=extradata'];
  const data = await runProbe(content, { ffprobePath, args: [...args, ...entries], signal }, (output) => {
    // "00000010: 6c65 7474 …  lette"
    const lines = output.toString('latin1').split('\n').slice(0, MAX_CODEC_DATA_LINES);
    const hex = lines.map((line) => /^[0-9a-f]{8}: ((?:[0-9a-f]{2,4} ){1,8})/.exec(line)?.[1] ?? '');
    return Buffer.from(hex.join('').replaceAll(' ', ''), 'hex');
  });
  return data ?? new Uint8Array();
}
