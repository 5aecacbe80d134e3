/** How a media file is made. */
export interface Combination {
  container: Container;
  video: string;
  audio: string | null;
  timeline: Timeline;
  framesPerSecond: number;
  /** How the encoder orders pictures, where it can. */
  pictures: 'closed' | 'open' | 'long';
  tracks: 'one' | 'two-sounds' | 'subtitles';
}

export type Container = keyof typeof CONTAINERS;
export type Timeline =
  | 'zero'
  | 'start-1.4'
  | 'start-far'
  | 'late-audio'
  | 'late-video'
  | 'early-audio'
  | 'trimmed'
  | 'discontinuity'
  | 'restarts'
  | 'wrap'
  | 'no-duration'
  | 'variable-rate';

interface Kind {
  video: readonly string[];
  audio: readonly string[];
  timelines: readonly Timeline[];
}

const EVERYWHERE = ['zero', 'late-audio', 'late-video'] as const;

/** What each container is made with. */
export const CONTAINERS = {
  mp4: {
    video: ['libx264', 'libx265', 'mpeg4', 'libvpx-vp9', 'libsvtav1'],
    audio: ['aac', 'libmp3lame', 'ac3', 'libopus', 'flac', 'alac'],
    timelines: [...EVERYWHERE, 'start-1.4', 'start-far', 'early-audio', 'trimmed', 'variable-rate'],
  },
  mov: {
    video: ['libx264', 'mpeg4', 'prores_ks', 'mjpeg'],
    audio: ['aac', 'pcm_s16le', 'alac'],
    timelines: [...EVERYWHERE, 'start-1.4', 'early-audio', 'trimmed', 'variable-rate'],
  },
  mkv: {
    video: ['libx264', 'libx265', 'libvpx', 'libvpx-vp9', 'libsvtav1', 'mpeg2video', 'mpeg4'],
    audio: ['aac', 'libmp3lame', 'ac3', 'eac3', 'libopus', 'libvorbis', 'flac', 'dca', 'pcm_s16le'],
    timelines: [...EVERYWHERE, 'start-1.4', 'start-far', 'no-duration', 'variable-rate'],
  },
  webm: {
    video: ['libvpx', 'libvpx-vp9', 'libsvtav1'],
    audio: ['libopus', 'libvorbis'],
    timelines: [...EVERYWHERE, 'start-1.4', 'no-duration', 'variable-rate'],
  },
  ts: {
    video: ['libx264', 'libx265', 'mpeg2video'],
    audio: ['aac', 'mp2', 'ac3', 'libmp3lame'],
    timelines: [...EVERYWHERE, 'start-1.4', 'start-far', 'discontinuity', 'restarts', 'wrap'],
  },
  m2ts: {
    video: ['libx264', 'mpeg2video'],
    audio: ['ac3', 'aac'],
    timelines: [...EVERYWHERE, 'start-far', 'restarts', 'wrap'],
  },
  avi: {
    video: ['mpeg4', 'libxvid', 'msmpeg4', 'mjpeg', 'libx264'],
    audio: ['libmp3lame', 'ac3', 'pcm_s16le'],
    timelines: ['zero'],
  },
  wmv: { video: ['wmv2', 'msmpeg4'], audio: ['wmav2'], timelines: EVERYWHERE },
  flv: {
    video: ['libx264', 'flv'],
    audio: ['aac', 'libmp3lame'],
    timelines: [...EVERYWHERE, 'no-duration'],
  },
  ogg: { video: ['libtheora'], audio: ['libvorbis', 'libopus', 'flac'], timelines: ['zero'] },
  mpg: {
    video: ['mpeg1video', 'mpeg2video'],
    audio: ['mp2', 'ac3'],
    timelines: [...EVERYWHERE, 'start-far'],
  },
} as const satisfies Record<string, Kind>;

const RATES = [25, 24, 30_000 / 1_001, 50];
const PICTURES = ['closed', 'open', 'long'] as const;
const TRACKS = ['one', 'one', 'two-sounds', 'subtitles'] as const;

/** Every container with every pair of its codecs on every timeline; the rest by the seed. */
export function allCombinations(seed: number): Combination[] {
  const next = createRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  const all: Combination[] = [];
  for (const [container, kind] of Object.entries(CONTAINERS) as [Container, Kind][])
    for (const video of kind.video)
      for (const audio of [...kind.audio, null])
        for (const timeline of kind.timelines) {
          const tracks = audio === null ? 'one' : pick(TRACKS);
          const framesPerSecond = timeline === 'variable-rate' ? 25 : pick(RATES);
          const pictures = pick(PICTURES);
          if (audio === null && /audio|video/.test(timeline)) continue;
          all.push({ container, video, audio, timeline, framesPerSecond, pictures, tracks });
        }
  return all;
}

/** So many of them, each container as often as the others as far as it goes, and as many timelines as there can be. */
export function sampleCombinations(count: number, seed: number): Combination[] {
  const next = createRandom(seed);
  const all = allCombinations(seed);
  const left = Object.keys(CONTAINERS).map((container) => all.filter((each) => each.container === container));
  const sample: Combination[] = [];
  for (let turn = 0; sample.length < Math.min(count, all.length); turn += 1) {
    const from = left[turn % left.length]!;
    const uses = from.map(({ timeline }) => sample.filter((each) => each.timeline === timeline).length);
    const rare = from.filter((_, index) => uses[index] === Math.min(...uses));
    const chosen = rare[Math.floor(next() * rare.length)];
    if (!chosen) continue;
    from.splice(from.indexOf(chosen), 1);
    sample.push(chosen);
  }
  return sample;
}

export function nameOf({
  container,
  video,
  audio,
  timeline,
  pictures,
  tracks,
  ...rest
}: Combination): string {
  const rate = rest.framesPerSecond.toFixed(2);
  return `${timeline} ${video}+${audio ?? 'nothing'} ${rate} ${pictures} ${tracks}.${container}`;
}

/** The same numbers for the same seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
