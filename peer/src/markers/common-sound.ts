/** Seconds between the values of a fingerprint: Chromaprint's at 11,025 Hz. */
export const STEP_SECONDS = 1_365 / 11_025;
/** How much sound a value is of beside its step: 16 windows. */
const WINDOW_SECONDS = 2.3;
/** Bits in which two values of the same sound may differ, after different encoders. */
const MAX_BITS = 6;
/** Bits in which they differ when both are of the same sound alone, and not at its edge of what is before or behind it too. */
const EDGE_BITS = 2;
/** Values at an edge that must be as alike. */
const EDGE_LENGTH = 2;
/** How much of other sound such values still have, at either end. */
const EDGE_SECONDS = 0.3;
/** Values that may differ more in between, as where someone speaks over the music. */
const MAX_GAP = Math.round(2 / STEP_SECONDS);
/** Shifts that are compared in full: those in which most values are equal. */
const MAX_SHIFTS = 24;
/** A value this frequent is of silence, or of a tone that stands. */
const MAX_REPETITIONS = 40;
/** Of a part that is sound, so many values in ten differ from each other. */
const MIN_DIFFERENT = 0.3;
/** Of a part in common, so many values in ten are equal but for some bits. */
const MIN_MATCHING = 0.7;

/** A part of a sound that another has as well, in seconds of each. */
export interface CommonSound {
  startSeconds: number;
  endSeconds: number;
  otherStartSeconds: number;
}

/** The longest part of at least and at most some seconds that two sounds have in common; null where there is none. */
export function longestCommonSound(
  one: Uint32Array,
  other: Uint32Array,
  { minSeconds, maxSeconds }: { minSeconds: number; maxSeconds: number },
): CommonSound | null {
  let best: { start: number; length: number; shift: number } | null = null;
  for (const shift of likelyShifts(one, other)) {
    for (const run of runsAt(one, other, shift))
      if (!best || run.length > best.length) best = { ...run, shift };
  }
  if (!best) return null;
  const seconds = best.length * STEP_SECONDS + WINDOW_SECONDS - 2 * EDGE_SECONDS;
  if (seconds < minSeconds || seconds > maxSeconds) return null;
  const startSeconds = best.start * STEP_SECONDS + EDGE_SECONDS;
  return {
    startSeconds,
    endSeconds: startSeconds + seconds,
    otherStartSeconds: (best.start + best.shift) * STEP_SECONDS + EDGE_SECONDS,
  };
}

/** By how much the second sound is later, in steps, where most of their values are equal. */
function likelyShifts(one: Uint32Array, other: Uint32Array): number[] {
  const places = new Map<number, number[]>();
  for (const [at, value] of other.entries()) {
    const known = places.get(value);
    if (known) known.push(at);
    else places.set(value, [at]);
  }
  const votes = new Map<number, number>();
  for (const [at, value] of one.entries()) {
    const found = places.get(value);
    if (!found || found.length > MAX_REPETITIONS) continue;
    for (const place of found) votes.set(place - at, (votes.get(place - at) ?? 0) + 1);
  }
  return [...votes]
    .filter(([, count]) => count > 1)
    .sort(([, first], [, second]) => second - first)
    .slice(0, MAX_SHIFTS)
    .map(([shift]) => shift);
}

/** The parts in which two sounds are alike, one being shifted. */
function runsAt(one: Uint32Array, other: Uint32Array, shift: number): { start: number; length: number }[] {
  const runs: { start: number; length: number }[] = [];
  let start = -1;
  let last = -1;
  let matching = 0;
  const end = () => {
    const length = last - start + 1;
    if (start >= 0 && matching >= length * MIN_MATCHING && isSound(one.subarray(start, last + 1)))
      runs.push(withoutEdges({ start, length }, (at) => bits(one[at]! ^ other[at + shift]!)));
    start = -1;
    matching = 0;
  };
  const from = Math.max(0, -shift);
  const to = Math.min(one.length, other.length - shift);
  for (let at = from; at < to; at += 1) {
    if (bits(one[at]! ^ other[at + shift]!) > MAX_BITS) continue;
    if (start >= 0 && at - last > MAX_GAP) end();
    if (start < 0) start = at;
    last = at;
    matching += 1;
  }
  end();
  return runs;
}

/** A part without the values at its ends that are of other sound too. */
function withoutEdges(
  { start, length }: { start: number; length: number },
  difference: (at: number) => number,
): { start: number; length: number } {
  const isInside = (at: number, step: number) =>
    Array.from({ length: EDGE_LENGTH }, (_, index) => difference(at + index * step)).every(
      (differing) => differing <= EDGE_BITS,
    );
  let first = start;
  let last = start + length - 1;
  while (first + EDGE_LENGTH < last && !isInside(first, 1)) first += 1;
  while (last - EDGE_LENGTH > first && !isInside(last, -1)) last -= 1;
  return { start: first, length: last - first + 1 };
}

/** Silence is the same everywhere. */
function isSound(values: Uint32Array): boolean {
  return new Set(values).size >= values.length * MIN_DIFFERENT;
}

function bits(value: number): number {
  let rest = value - ((value >>> 1) & 0x55555555);
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333);
  return Math.imul((rest + (rest >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
