import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Combination, Container, Timeline } from './combinations.ts';
import { drawPictures, FILM_SECONDS, HEIGHT, playSound, SAMPLE_RATE, WIDTH } from './reference.ts';

const run = promisify(execFile);

/** A media file, and when on its timeline the picture and the sound say they are at 0. */
export interface GeneratedFilm {
  path: string;
  pictureShift: number;
  soundShift: number;
  /** Of the film, from its first picture or sound to its last. */
  durationSeconds: number;
}

/** How much later a late track begins. */
const LATE_SECONDS = 2;
const EARLY_SECONDS = 0.5;
const TRIMMED_SECONDS = 1.7;
/** 33 bits of a clock of 90 kHz. */
const WRAP_SECONDS = 2 ** 33 / 90_000;

const FORMATS: Readonly<Record<Container, readonly string[]>> = {
  mp4: ['-f', 'mp4'],
  mov: ['-f', 'mov'],
  mkv: ['-f', 'matroska'],
  webm: ['-f', 'webm'],
  ts: ['-f', 'mpegts'],
  m2ts: ['-f', 'mpegts', '-mpegts_m2ts_mode', '1'],
  avi: ['-f', 'avi'],
  wmv: ['-f', 'asf'],
  flv: ['-f', 'flv'],
  ogg: ['-f', 'ogg'],
  mpg: ['-f', 'vob'],
};

/** What the clock says where each part of a recording begins; the parts are of one length. */
const PARTS: Partial<Record<Timeline, readonly number[]>> = {
  discontinuity: [3_000, 20],
  restarts: [WRAP_SECONDS - 2, 100, 0, 500],
};

const OFFSETS: Partial<Record<Timeline, number>> = {
  'start-1.4': 1.4,
  'start-far': 50_000,
  wrap: WRAP_SECONDS - 5,
};

const SUBTITLES = '1\n00:00:03,000 --> 00:00:04,000\nthree\n\n2\n00:00:08,000 --> 00:00:09,000\neight\n';

const NO_PRIMING = new Set<Container>(['mp4', 'mov', 'mpg', 'ogg']);
/** Samples of silence that encoders put before the sound: where times below 0 cannot be, all tracks begin so much later. */
const PRIMING: Readonly<Record<string, number>> = {
  aac: 1_024,
  libmp3lame: 1_105,
  libopus: 312,
  ac3: 256,
  eac3: 256,
  mp2: 481,
  wmav2: 2_048,
};

/** Makes films in a folder that its caller owns, and nowhere else. */
export function createGenerator({ ffmpegPath, dir }: { ffmpegPath: string; dir: string }) {
  const ffmpeg = (args: string[]) =>
    run(ffmpegPath, ['-hide_banner', '-nostdin', '-v', 'error', '-y', ...args], { cwd: dir });

  const inputs = async (framesPerSecond: number) => {
    const pictures = join(dir, `pictures-${framesPerSecond.toFixed(2)}.yuv`);
    const sound = join(dir, 'sound.s16');
    const text = join(dir, 'text.srt');
    if (!existsSync(pictures)) await writeFile(pictures, drawPictures(framesPerSecond));
    if (!existsSync(sound)) await writeFile(sound, playSound());
    if (!existsSync(text)) await writeFile(text, SUBTITLES);
    const rate = Number.isInteger(framesPerSecond) ? String(framesPerSecond) : '30000/1001';
    return {
      video: [
        '-f',
        'rawvideo',
        '-s',
        `${WIDTH}x${HEIGHT}`,
        '-pix_fmt',
        'yuv420p',
        '-framerate',
        rate,
        '-i',
        pictures,
      ],
      audio: ['-f', 's16le', '-ar', String(SAMPLE_RATE), '-ac', '1', '-i', sound],
      text: ['-i', text],
    };
  };

  async function make(film: Combination, path: string): Promise<void> {
    const { timeline, audio, tracks } = film;
    const input = await inputs(film.framesPerSecond);
    const shift = (late: boolean, seconds: number) => (late ? ['-itsoffset', String(seconds)] : []);
    const hasText = tracks === 'subtitles' && /mkv|mp4/.test(film.container);
    const hasTwoSounds = tracks === 'two-sounds' && film.container !== 'flv';
    const offset = OFFSETS[timeline];
    const encoded = [
      ...shift(timeline === 'late-video', LATE_SECONDS),
      ...input.video,
      ...shift(timeline === 'late-audio', LATE_SECONDS),
      ...shift(timeline === 'early-audio', -EARLY_SECONDS),
      ...(audio ? input.audio : []),
      ...(hasText ? input.text : []),
      ...['-map', '0:v', ...(audio ? ['-map', '1:a'] : []), ...(hasTwoSounds ? ['-map', '1:a'] : [])],
      ...(hasText ? ['-map', '2:s', '-c:s', film.container === 'mkv' ? 'srt' : 'mov_text'] : []),
      ...pictureOptions(film),
      ...(audio ? soundOptions(film) : []),
      ...(offset ? ['-output_ts_offset', String(offset)] : []),
      ...(timeline === 'early-audio' ? ['-avoid_negative_ts', 'disabled'] : []),
      ...FORMATS[film.container],
    ];
    if (timeline === 'no-duration') return void (await writePiped(encoded, path));
    const parts = PARTS[timeline];
    if (parts) return makeParts(encoded, parts, path);
    if (timeline !== 'trimmed') return void (await ffmpeg([...encoded, path]));
    await ffmpeg([...encoded, `${path}.whole`]);
    const copy = [
      '-ss',
      String(TRIMMED_SECONDS),
      '-i',
      `${path}.whole`,
      '-map',
      '0',
      '-c',
      'copy',
      '-strict',
      '-2',
    ];
    await ffmpeg([...copy, ...FORMATS[film.container], path]);
  }

  /** What cannot be sought in has neither its length nor an index. */
  async function writePiped(encoded: string[], path: string): Promise<void> {
    const { stdout } = await run(ffmpegPath, ['-nostdin', '-v', 'error', ...encoded, 'pipe:1'], {
      cwd: dir,
      encoding: 'buffer',
      maxBuffer: 2 ** 28,
    });
    await writeFile(path, stdout);
  }

  /** Several recordings in one file: the clock of each begins elsewhere. */
  async function makeParts(encoded: string[], clocks: readonly number[], path: string): Promise<void> {
    const bytes: Buffer[] = [];
    const seconds = FILM_SECONDS / clocks.length;
    for (const [index, clock] of clocks.entries()) {
      const from = index > 0 ? ['-ss', String(index * seconds)] : [];
      const part = [...from, '-t', String(seconds), '-output_ts_offset', String(clock)];
      await ffmpeg([...encoded, ...part, `${path}.${index}`]);
      bytes.push(await readFile(`${path}.${index}`));
    }
    await writeFile(path, Buffer.concat(bytes));
  }

  return {
    async generate(film: Combination, path: string): Promise<GeneratedFilm> {
      await make(film, path);
      const { timeline, audio, container } = film;
      const isPrimed = !NO_PRIMING.has(container) && timeline !== 'late-audio';
      const primed = isPrimed ? (PRIMING[audio ?? ''] ?? 0) / SAMPLE_RATE : 0;
      const late = /^late/.test(timeline) ? LATE_SECONDS : 0;
      const cut = timeline === 'trimmed' ? TRIMMED_SECONDS : 0;
      return {
        path,
        pictureShift: (timeline === 'late-video' ? LATE_SECONDS : 0) - cut + primed,
        soundShift:
          (timeline === 'late-audio' ? LATE_SECONDS : 0) -
          (timeline === 'early-audio' ? EARLY_SECONDS : 0) -
          cut +
          primed,
        durationSeconds: FILM_SECONDS + late - cut,
      };
    },
  };
}

function pictureOptions({ container, video, framesPerSecond, pictures, timeline }: Combination): string[] {
  const group = Math.round(framesPerSecond * (pictures === 'long' ? 5 : 2));
  // AVI has no place for the order of presentation.
  const isReordered =
    container !== 'avi' && pictures !== 'closed' && /264|265|mpeg/.test(video) && !/msmpeg/.test(video);
  const profile: Readonly<Record<string, string[]>> = {
    libx264: ['-preset', 'ultrafast', '-x264-params', `open-gop=${pictures === 'open' ? 1 : 0}`],
    libx265: [
      '-preset',
      'ultrafast',
      '-x265-params',
      `log-level=error:open-gop=${pictures === 'open' ? 1 : 0}`,
    ],
    'libvpx-vp9': ['-deadline', 'realtime', '-cpu-used', '8'],
    libvpx: ['-deadline', 'realtime', '-cpu-used', '8'],
    libsvtav1: ['-preset', '12'],
    libtheora: ['-q:v', '8'],
  };
  return [
    ...['-c:v', video, ...(profile[video] ?? ['-q:v', '3'])],
    ...(video === 'prores_ks'
      ? []
      : ['-pix_fmt', video === 'mjpeg' ? 'yuvj420p' : 'yuv420p', '-g', String(group)]),
    ...(isReordered ? ['-bf', '2'] : []),
    ...(timeline === 'variable-rate' ? ['-vf', "select='gt(mod(n,11),3)+eq(n,0)'", '-vsync', '0'] : []),
  ];
}

function soundOptions({ audio, container }: Combination): string[] {
  const rate = container === 'flv' ? ['-ar', '44100'] : [];
  return ['-c:a', audio!, ...rate, '-ac', '2', '-strict', '-2'];
}
