import { inputArguments, type MediaInput, withMediaInput } from '../containers/input.ts';
import type { SharedContent } from '../content/content-source.ts';
import { readUpTo } from '../files/read.ts';
import { PROBE_LIMITS } from '../processes/limits.ts';
import { runProgram } from '../processes/run.ts';
import { lastProgramTable } from '../timeline/packet-times.ts';
import type { Segments } from '../timeline/segments.ts';
import type { AudioSource } from './rendition.ts';
import type { PictureSource } from './streams/picture-source.ts';

const PROBE_TIMEOUT_MS = 5_000;
/** How far back key frames are looked for. */
const REACH_SECONDS = 12;
/** Sound and pictures of one time lie so far from each other in a file. */
const INTERLEAVE_SECONDS = 1;
/** Where the table of programs is looked for; broadcasts repeat it ten times a second. */
const TABLE_BYTES = 2 * 1_048_576;
/** What begins so much later than it should was read across a jump of the clock. */
const MAX_LEAD_SECONDS = 5;

/** A place in a recording from which it is read as if it began there. */
export interface Entry {
  byte: number;
  /** When the first of what is read there is, in seconds of the film. */
  seconds: number;
  /** FFmpeg's names of the streams, which may be numbered otherwise than at the beginning. */
  pictureStream: string;
  soundStream: string | null;
}

export interface EntrySearch {
  seconds: number;
  segments: Segments;
  ffprobePath: string;
  /** Null for a film without one. */
  picture: PictureSource | null;
  audio: AudioSource | null;
  /** Whether all before the place is left out, so that reading may begin a little earlier. */
  isCut: boolean;
}

/** Where to begin reading so that a film begins at a place, or at the last key frame before it; null for its beginning. */
export async function findEntry(content: SharedContent, search: EntrySearch): Promise<Entry | null> {
  const { segments, seconds, picture, isCut } = search;
  return withMediaInput(content, async (input) => {
    const key = picture ? await lastKeyFrame(input, search, picture) : { seconds, byte: null };
    if (!key) return null;
    const anchor =
      isCut || key.byte === null ? segments.byteBefore(key.seconds - INTERLEAVE_SECONDS) : key.byte;
    const byte = await entryBefore(input, anchor);
    if (byte === 0) return null;
    const found = await probeFrom(input, byte, search);
    if (!found) return null;
    const { startSeconds, ...streams } = found;
    const begins = segments.filmSeconds(anchor, startSeconds);
    const isAcross =
      Math.abs(begins - segments.filmSeconds(anchor, segments.clockAt(anchor))) > MAX_LEAD_SECONDS;
    return { byte, seconds: isAcross ? segments.filmSeconds(byte, startSeconds) : begins, ...streams };
  });
}

async function lastKeyFrame(
  input: MediaInput,
  { segments, seconds, ffprobePath }: EntrySearch,
  picture: PictureSource,
): Promise<{ seconds: number; byte: number } | null> {
  const from = (await entryBefore(input, segments.byteBefore(seconds - REACH_SECONDS))) ?? 0;
  const output = await probe({ ...input, part: { from, to: segments.byteAfter(seconds) } }, ffprobePath, [
    ...['-select_streams', picture.id ? `i:${picture.id}` : picture.stream],
    ...['-show_entries', 'packet=pts_time,pos,flags', '-of', 'csv=p=0'],
  ]);
  let found: { seconds: number; byte: number } | null = null;
  for (const line of output?.split('\n') ?? []) {
    const [presented, place, flags = ''] = line.split(',');
    const byte = from + Number(place);
    if (!flags.startsWith('K') || !Number.isFinite(Number(presented)) || !Number.isFinite(byte)) continue;
    const at = segments.filmSeconds(byte, Number(presented));
    if (at <= seconds) found = { seconds: at, byte };
  }
  return found;
}

/** Where a demuxer learns what is in the stream before a place. */
async function entryBefore({ container, handle }: MediaInput, byte: number): Promise<number> {
  if (container.name !== 'mpegts') return byte;
  const from = Math.max(0, byte - TABLE_BYTES);
  const table = lastProgramTable(await readUpTo(handle, from, byte - from));
  return table === null ? from : from + table;
}

async function probeFrom(input: MediaInput, from: number, { ffprobePath, picture, audio }: EntrySearch) {
  const output = await probe({ ...input, part: { from } }, ffprobePath, [
    ...['-show_entries', 'format=start_time:stream=id,codec_type', '-of', 'json'],
  ]);
  if (!output) return null;
  const { format, streams = [] } = JSON.parse(output) as {
    format?: { start_time?: string };
    streams?: { id?: string }[];
  };
  const startSeconds = Number.parseFloat(format?.start_time ?? '');
  if (!Number.isFinite(startSeconds)) return null;
  const named = (id: string | null | undefined, other: string) =>
    id && streams.some((stream) => stream.id === id) ? `i:${id}` : other;
  return {
    startSeconds,
    pictureStream: named(picture?.id, 'V:0'),
    soundStream: audio && named(audio.id, `a:${audio.track}`),
  };
}

async function probe(input: MediaInput, ffprobePath: string, options: string[]): Promise<string | null> {
  const { code, stdout } = await runProgram({
    path: ffprobePath,
    args: ['-v', 'error', ...options, ...inputArguments(input)],
    fd: input.handle.fd,
    limits: { ...PROBE_LIMITS, wallMs: PROBE_TIMEOUT_MS },
  });
  return code === 0 ? stdout.toString('utf8') : null;
}
