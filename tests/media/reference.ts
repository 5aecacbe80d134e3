/**
 * A film that says its own time: each picture holds the milliseconds since its beginning as black and white blocks, and the
 * pitch of its sound rises with the seconds.
 */
export const WIDTH = 160;
export const HEIGHT = 96;
export const FILM_SECONDS = 12;
export const SAMPLE_RATE = 48_000;

const COLUMNS = 8;
const ROWS = 2;
const BLOCK_WIDTH = WIDTH / COLUMNS;
const BLOCK_HEIGHT = HEIGHT / ROWS;
/** The last two blocks are check bits, so that a picture made of two is not taken for a third. */
const TIME_BITS = COLUMNS * ROWS - 2;
const WHITE = 235;
const BLACK = 16;

/** At the beginning, and its rise in a second, in Hertz. */
const LOWEST_PITCH = 400;
const PITCH_PER_SECOND = 300;
/** Quieter is silence. */
const SILENCE = 0.02;
/** What two halves of a stretch of sound may differ from what they should, in seconds. */
const MAX_UNEVENNESS = 0.03;

/** All pictures in planar YUV 4:2:0, at a rate of frames in a second. */
export function drawPictures(framesPerSecond: number): Buffer {
  const frames = Math.floor(FILM_SECONDS * framesPerSecond);
  const luma = WIDTH * HEIGHT;
  const size = luma + luma / 2;
  const pictures = Buffer.alloc(frames * size, 128);
  for (let frame = 0; frame < frames; frame += 1) {
    const bits = withCheckBits(Math.round((frame * 1_000) / framesPerSecond));
    for (let y = 0; y < HEIGHT; y += 1)
      for (let column = 0; column < COLUMNS; column += 1) {
        const bit = Math.floor(y / BLOCK_HEIGHT) * COLUMNS + column;
        const from = frame * size + y * WIDTH + column * BLOCK_WIDTH;
        pictures.fill((bits >> bit) & 1 ? WHITE : BLACK, from, from + BLOCK_WIDTH);
      }
  }
  return pictures;
}

/** Where the middle of each block is, as parts of the width and the height. */
export const BLOCKS: readonly (readonly [number, number])[] = Array.from(
  { length: COLUMNS * ROWS },
  (_, block) => [((block % COLUMNS) + 0.5) / COLUMNS, (Math.floor(block / COLUMNS) + 0.5) / ROWS],
);

/** Seconds a picture says it is at, by the luma of its {@link BLOCKS}; null when it says none. */
export function readBlocks(luma: readonly number[]): number | null {
  let bits = 0;
  for (const [block, value] of luma.entries()) if (value > (WHITE + BLACK) / 2) bits |= 1 << block;
  const time = bits & ((1 << TIME_BITS) - 1);
  return withCheckBits(time) === bits && time <= FILM_SECONDS * 1_000 ? time / 1_000 : null;
}

/** Seconds a whole picture of luma says it is at. */
export function readPicture(luma: ArrayLike<number>): number | null {
  return readBlocks(BLOCKS.map(([x, y]) => luma[Math.floor(y * HEIGHT) * WIDTH + Math.floor(x * WIDTH)]!));
}

function withCheckBits(time: number): number {
  let ones = 0;
  for (let bit = 0; bit < TIME_BITS; bit += 1) ones += (time >> bit) & 1;
  // Neither all black nor all white is a time.
  return time | (((ones & 1) ^ 1) << TIME_BITS) | (((ones >> 1) & 1) << (TIME_BITS + 1));
}

/** The sound in one channel of 16 bit samples. */
export function playSound(): Buffer {
  const count = FILM_SECONDS * SAMPLE_RATE;
  const samples = Buffer.alloc(2 * count);
  for (let index = 0; index < count; index += 1) {
    const seconds = index / SAMPLE_RATE;
    const cycles = LOWEST_PITCH * seconds + (PITCH_PER_SECOND / 2) * seconds ** 2;
    samples.writeInt16LE(Math.round(16_000 * Math.sin(2 * Math.PI * cycles)), 2 * index);
  }
  return samples;
}

/** Seconds the sound is at in the middle of some samples; null where it is silent or breaks off. */
export function readSound(samples: Float32Array, sampleRate = SAMPLE_RATE): number | null {
  const half = samples.length >> 1;
  const before = readPitch(samples.subarray(0, half), sampleRate);
  const after = readPitch(samples.subarray(half), sampleRate);
  const whole = readPitch(samples, sampleRate);
  if (before === null || after === null || whole === null) return null;
  const isOne = Math.abs(after - before - half / sampleRate) < MAX_UNEVENNESS;
  return isOne && whole > -0.1 && whole < FILM_SECONDS + 0.1 ? whole : null;
}

function readPitch(samples: Float32Array, sampleRate: number): number | null {
  let power = 0;
  let first = -1;
  let last = -1;
  let cycles = -1;
  for (let index = 0; index < samples.length; index += 1) power += samples[index]! ** 2;
  if (Math.sqrt(power / samples.length) < SILENCE) return null;
  for (let index = 1; index < samples.length; index += 1) {
    const [before, after] = [samples[index - 1]!, samples[index]!];
    if (before >= 0 || after < 0) continue;
    last = index - after / (after - before);
    if (first < 0) first = last;
    cycles += 1;
  }
  if (cycles < 2) return null;
  return secondsOfPitch((cycles * sampleRate) / (last - first));
}

export function secondsOfPitch(hertz: number): number {
  return (hertz - LOWEST_PITCH) / PITCH_PER_SECOND;
}
