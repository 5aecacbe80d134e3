import { type PacketTime, packetTimes, secondsBetween } from './packet-times.ts';

/** So much further on, timestamps jump, as FFmpeg has it; less is a gap within the film. Backwards, a tenth of a second. */
const JUMP_SECONDS = 10;
const BACK_SECONDS = 0.1;
/** Files of this size are read whole; larger ones are looked into at intervals of {@link JUMP_SECONDS} at most. */
const READ_WHOLE_BYTES = 32 * 1_048_576;
/** Stretches that are read whole to find a jump in them. */
const FINE_BYTES = 512 * 1_024;
/** Where a time is looked for, and how much further where there is none. */
const WINDOW_BYTES = 128 * 1_024;
const MAX_WINDOW_BYTES = 2 * 1_048_576;
/** Where the streams are found. */
const HEAD_BYTES = 2 * 1_048_576;
/** Looks into a file: those of a day. A longer one is taken as it is said to be. */
const MAX_LOOKS = 12_000;
/** How much denser than its beginning a film may be where nothing is missing. */
const MAX_DENSITY = 4;
/** Places that are kept are so far apart. */
const PLACE_SECONDS = 1;
/** Between two pictures, where that is not known, and at most. */
const FRAME_SECONDS = 0.04;
const LONGEST_FRAME_SECONDS = 1;
/** How far other streams may be from the main one where the film begins or ends. */
const REACH_SECONDS = 600;

/** A place in a recording: its byte, what the file's clock says there, and when in the film that is. */
interface Place {
  byte: number;
  clockSeconds: number;
  filmSeconds: number;
}

/** A recording in segments: at the first byte of each but the first the file's clock jumps, while the film goes on. */
export interface Segments {
  count: number;
  durationSeconds: number;
  /** Where reading may begin so that nothing from a second on is missed. */
  byteBefore(filmSeconds: number): number;
  /** Where reading may end so that everything until a second was read. */
  byteAfter(filmSeconds: number): number;
  /** What the file's clock says about at a byte. */
  clockAt(byte: number): number;
  /** When something that is read at a byte is, by what the file's clock says. */
  filmSeconds(byte: number, clockSeconds: number): number;
}

export interface RecordingBytes {
  sizeBytes: number;
  container: 'mpegts' | 'mpeg';
  /** At most so many bytes from a place on. */
  read(at: number, length: number): Promise<Buffer>;
  /** For tests: files of at most this size are read whole. */
  readWholeBytes?: number;
}

/** Finds where the clock of a recording jumps; null where nothing is known of its times. */
export async function findSegments(recording: RecordingBytes): Promise<Segments | null> {
  const { sizeBytes } = recording;
  const head = await timesIn(recording, 0, HEAD_BYTES);
  const main = (head.find(({ isVideo }) => isVideo) ?? head[0])?.stream;
  const times = head.filter(({ stream }) => stream === main);
  const [first] = times;
  if (main === undefined || !first) return null;
  const isWhole = sizeBytes <= (recording.readWholeBytes ?? READ_WHOLE_BYTES);
  const found = isWhole
    ? await readWhole(recording, main, first.at, sizeBytes)
    : await lookInto(recording, main, times);
  const frameSeconds = frameOf(times);
  const { places, starts } = arrange(found, originOf(head, first), frameSeconds);
  const last = places.at(-1)!;
  const end = Math.max(
    last.filmSeconds,
    ...(await timesIn(recording, Math.max(starts.at(-1)!, sizeBytes - MAX_WINDOW_BYTES), MAX_WINDOW_BYTES))
      .map(({ presentedSeconds }) => secondsBetween(last.clockSeconds, presentedSeconds))
      .filter((later) => Math.abs(later) < REACH_SECONDS)
      .map((later) => last.filmSeconds + later),
  );
  const placeAt = (byte: number) => places.findLast((each) => each.byte <= byte) ?? places[0]!;
  return {
    count: starts.length,
    // What has one time for many pictures has little after the last one.
    durationSeconds: end + Math.min(frameSeconds, 2 * FRAME_SECONDS),
    byteBefore: (seconds) => places.findLast(({ filmSeconds }) => filmSeconds <= seconds)?.byte ?? 0,
    byteAfter: (seconds) => places.find(({ filmSeconds }) => filmSeconds > seconds)?.byte ?? sizeBytes,
    clockAt: (byte) => placeAt(byte).clockSeconds,
    filmSeconds(byte, clockSeconds) {
      const place = placeAt(byte);
      return place.filmSeconds + secondsBetween(place.clockSeconds, clockSeconds);
    },
  };
}

async function timesIn(recording: RecordingBytes, at: number, length: number): Promise<PacketTime[]> {
  const times = packetTimes(await recording.read(at, length), recording.container);
  return times.map((time) => ({ ...time, at: time.at + at }));
}

/** When the first of all streams is presented. */
function originOf(head: readonly PacketTime[], first: PacketTime): number {
  const leads = head
    .filter(({ stream }, index) => head.findIndex((other) => other.stream === stream) === index)
    .map(({ presentedSeconds }) => secondsBetween(first.decodedSeconds, presentedSeconds))
    .filter((lead) => Math.abs(lead) < REACH_SECONDS);
  return first.decodedSeconds + Math.min(...leads);
}

/** All times of the main stream between two places. */
async function readWhole(
  recording: RecordingBytes,
  main: number,
  from: number,
  to: number,
): Promise<PacketTime[]> {
  const times: PacketTime[] = [];
  // Headers lie across the borders of what is read at once.
  const overlap = 1_024;
  for (let at = from; at < to; at += MAX_WINDOW_BYTES) {
    const length = Math.min(MAX_WINDOW_BYTES + overlap, to - at + overlap);
    for (const time of await timesIn(recording, at, length))
      if (time.stream === main && time.at < to && time.at > (times.at(-1)?.at ?? -1)) times.push(time);
  }
  return times;
}

/** Times at intervals so short that none hides a jump. */
async function lookInto(
  recording: RecordingBytes,
  main: number,
  head: readonly PacketTime[],
): Promise<PacketTime[]> {
  const [first, second] = [head[0]!, head.at(-1)!];
  const density =
    (second.at - first.at) /
    Math.max(FRAME_SECONDS, secondsBetween(first.decodedSeconds, second.decodedSeconds));
  let looks = 0;
  const next = async (at: number, before: number): Promise<PacketTime | null> => {
    looks += 1;
    for (let length = WINDOW_BYTES; length <= MAX_WINDOW_BYTES; length *= 4) {
      const times = await timesIn(recording, at, Math.min(length, before - at));
      const found = times.find(({ stream }) => stream === main);
      if (found || length >= before - at) return found ?? null;
    }
    return null;
  };
  const found: PacketTime[] = [...head];
  const end = await lastTime(recording, main);
  const isRegular = (from: PacketTime, to: PacketTime) => {
    const seconds = secondsBetween(from.decodedSeconds, to.decodedSeconds);
    return seconds >= 0 && seconds < JUMP_SECONDS && to.at - from.at <= MAX_DENSITY * density * seconds;
  };
  const walk = async (from: PacketTime, to: PacketTime): Promise<void> => {
    const length = to.at - from.at;
    if (length <= 0) return;
    if (isRegular(from, to) || looks > MAX_LOOKS) found.push(to);
    else if (length <= FINE_BYTES) found.push(...(await readWhole(recording, main, from.at + 1, to.at + 1)));
    else {
      const middle = await next(from.at + Math.floor(length / 2), to.at);
      if (middle) {
        await walk(from, middle);
        await walk(middle, to);
      } else if (length <= READ_WHOLE_BYTES)
        found.push(...(await readWhole(recording, main, from.at + 1, to.at + 1)));
      else found.push(to);
    }
  };
  if (end) await walk(second, end);
  return found;
}

async function lastTime(recording: RecordingBytes, main: number): Promise<PacketTime | null> {
  for (let length = MAX_WINDOW_BYTES; length <= 8 * MAX_WINDOW_BYTES; length *= 2) {
    const times = await timesIn(recording, Math.max(0, recording.sizeBytes - length), length);
    const found = times.findLast(({ stream }) => stream === main);
    if (found) return found;
  }
  return null;
}

/** From one picture to the next, most often. */
function frameOf(times: readonly PacketTime[]): number {
  const steps = times
    .slice(1)
    .map(({ decodedSeconds }, index) => secondsBetween(times[index]!.decodedSeconds, decodedSeconds))
    .filter((step) => step > 0 && step < LONGEST_FRAME_SECONDS)
    .sort((one, other) => one - other);
  return steps[steps.length >> 1] ?? FRAME_SECONDS;
}

/** Puts times into the order of the film. */
function arrange(times: readonly PacketTime[], originSeconds: number, frameSeconds: number) {
  const places: Place[] = [];
  const starts: number[] = [];
  let before: Place | null = null;
  for (const { at: byte, decodedSeconds: clockSeconds } of times) {
    const step: number = before ? secondsBetween(before.clockSeconds, clockSeconds) : 0;
    const isJump = before !== null && (step < -BACK_SECONDS || step >= JUMP_SECONDS);
    const filmSeconds: number = before
      ? before.filmSeconds + (isJump ? frameSeconds : step)
      : secondsBetween(originSeconds, clockSeconds);
    const place = { byte, clockSeconds, filmSeconds };
    if (isJump || !before) starts.push(byte);
    const kept = places.at(-1);
    if (isJump || !kept || filmSeconds - kept.filmSeconds >= PLACE_SECONDS) places.push(place);
    before = place;
  }
  if (before && places.at(-1) !== before) places.push(before);
  return { places, starts };
}
