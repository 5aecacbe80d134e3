import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { HEIGHT, readPicture, readSound, SAMPLE_RATE, WIDTH } from './reference.ts';

const run = promisify(execFile);

/** What a picture or a bit of sound says, and when it is presented; both in seconds. */
export interface Observation {
  at: number;
  says: number;
}

export interface Observations {
  picture: Observation[];
  sound: Observation[];
  /** When the first and the last sample of each is presented. */
  pictureRange: [number, number] | null;
  soundRange: [number, number] | null;
  /** When silence ends. */
  loudFrom: number | null;
}

/** The sound is read in stretches of so many seconds. */
const STRETCH_SECONDS = 0.06;
const STEP_SECONDS = 0.25;
/** A sample that is no noise of an encoder. */
const LOUD = 0.02;

/** Decodes a media file, and reads what its pictures and its sound say on its own clock. */
export async function observe(path: string, ffmpegPath: string, hasSound = true): Promise<Observations> {
  const pixels = `${path}.gray`;
  const samples = `${path}.f32`;
  const { stderr } = await run(
    ffmpegPath,
    [
      ...['-hide_banner', '-nostdin', '-y', '-copyts', '-vsync', '0', '-i', path],
      ...['-map', '0:v:0', '-vf', `scale=${WIDTH}:${HEIGHT},format=gray,showinfo=checksum=0`],
      ...['-f', 'rawvideo', pixels],
      ...(hasSound
        ? ['-map', '0:a:0', '-af', `aformat=flt:${SAMPLE_RATE}:mono,ashowinfo`, '-f', 'f32le', samples]
        : []),
    ],
    { maxBuffer: 2 ** 28 },
  );
  return {
    ...readPictures(stderr, await readFile(pixels)),
    ...readSounds(stderr, hasSound ? await readFile(samples) : Buffer.alloc(0)),
  };
}

function readPictures(log: string, pixels: Buffer): Pick<Observations, 'picture' | 'pictureRange'> {
  const times = [...log.matchAll(/Parsed_showinfo\S* @ \S+\] n: *\d+ pts:.*?pts_time:(\S+)/g)].map(([, at]) =>
    Number(at),
  );
  const size = WIDTH * HEIGHT;
  const picture = times.flatMap((at, index) => {
    const says = readPicture(pixels.subarray(index * size, (index + 1) * size));
    return says === null ? [] : [{ at, says }];
  });
  return { picture, pictureRange: times.length > 0 ? [Math.min(...times), Math.max(...times)] : null };
}

function readSounds(log: string, bytes: Buffer): Pick<Observations, 'sound' | 'soundRange' | 'loudFrom'> {
  const frames = [...log.matchAll(/Parsed_ashowinfo.*? pts_time:(\S+).*? nb_samples:(\d+)/g)];
  const samples = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const sound: Observation[] = [];
  const length = Math.round(STRETCH_SECONDS * SAMPLE_RATE);
  let from = 0;
  /** Of samples that follow each other without a gap. */
  let run: { at: number; from: number } | null = null;
  let nextAt = Number.NEGATIVE_INFINITY;
  let loudFrom: number | null = null;
  const readRun = (to: number) => {
    if (!run) return;
    for (let start = run.from; start + length <= to; start += Math.round(STEP_SECONDS * SAMPLE_RATE)) {
      const says = readSound(samples.subarray(start, start + length));
      const at = run.at + (start - run.from) / SAMPLE_RATE + STRETCH_SECONDS / 2;
      if (says !== null) sound.push({ at, says });
    }
  };
  for (const [, time, count] of frames) {
    const at = Number(time);
    if (Math.abs(at - nextAt) > 0.002) {
      readRun(from);
      run = { at, from };
    }
    for (let index = from; loudFrom === null && index < from + Number(count); index += 1)
      if (Math.abs(samples[index]!) > LOUD) loudFrom = at + (index - from) / SAMPLE_RATE;
    from += Number(count);
    nextAt = at + Number(count) / SAMPLE_RATE;
  }
  readRun(from);
  return { sound, loudFrom, soundRange: frames.length > 0 ? [Number(frames[0]![1]), nextAt] : null };
}
