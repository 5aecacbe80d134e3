import { withDeadline } from '@giggityflix/kernel';
import { PIECE_SIZE } from '@giggityflix/proto/data-channel';
import { type MediaInput, UnknownContainerError, withMediaInput } from '../containers/input.ts';
import type { SharedContent } from '../content/content-source.ts';
import { filtersOf } from '../ffmpeg/filters.ts';
import { RENDITION_LIMITS } from '../processes/limits.ts';
import { type Program, ProgramError, startProgram } from '../processes/program.ts';
import { type Timeline, trackStart } from '../timeline/timeline.ts';
import { renditionArguments } from './arguments/index.ts';
import { channelsOf, soundWork } from './arguments/sound.ts';
import { OUTPUT_LEAD_SECONDS } from './arguments/timing.ts';
import type { PictureWork } from './arguments/work.ts';
import type { Entry } from './entry.ts';
import { createFragmentClock } from './fragment-clock.ts';
import { readCodecs } from './mp4-codecs.ts';
import { endProgram, readOutput } from './output.ts';
import type { AudioSource, Rendition } from './rendition.ts';
import { RenditionError } from './rendition-error.ts';
import { isShort } from './short-tracks.ts';

/** Longest wait for the first bytes; a slow disk and a long film need some seconds. */
const FIRST_BYTES_TIMEOUT_MS = 20_000;
/** What nobody hears or sees between a picture and its sound. */
export const TOLERANCE_SECONDS = 0.04;

export interface FFmpegOptions {
  ffmpegPath: string;
  ffprobePath: string | null;
  picture: PictureWork;
  /** Null for a film without sound. */
  audio: AudioSource | null;
  /** Null where it is not known. */
  timeline?: Timeline | null;
}

/** FFmpeg at work, and where what it makes begins. */
interface Conversion {
  rendition: Rendition;
  /** When its first picture is presented, in seconds of the film. */
  firstPicture: number;
}

/**
 * Starts FFmpeg and waits for its first picture. Null where there is nothing from that place on.
 *
 * @throws RenditionError, ContentChangedError, the signal's reason
 */
export async function beginConversion(
  content: SharedContent,
  work: { picture: PictureWork; seekSeconds: number; entry: Entry | null; wanted: number; channels: number },
  options: FFmpegOptions,
  signal: AbortSignal,
): Promise<Conversion | null> {
  signal.throwIfAborted();
  const { ffmpegPath, timeline = null } = options;
  const { seekSeconds, entry, wanted } = work;
  const { picture, audio } = entry ? entered(work.picture, options.audio, entry) : { ...options, ...work };
  const isLate = (kind: 'video' | 'audio', place: number) =>
    (trackStart(timeline, kind, place) ?? 0) > wanted + TOLERANCE_SECONDS;
  const time = {
    seekSeconds,
    entryByte: entry?.byte ?? null,
    clockSeconds:
      content.container === 'ogg' && picture.kind === 'encode' && seekSeconds > 0
        ? seekSeconds + (timeline?.originSeconds ?? 0)
        : null,
    skippedSeconds: picture.kind === 'encode' ? Math.max(0, wanted - seekSeconds) : 0,
    isPictureLate: picture.kind !== 'none' && isLate('video', picture.source.place),
    isSoundLate: audio !== null && isLate('audio', audio.track),
    isSoundShort: isShort({ ...options, ...work }, 'sound'),
    isPictureShort: isShort({ ...options, ...work }, 'picture'),
    isSoundInAdts: content.container === 'mpegts',
  };
  const sound = soundWork(audio, { picture, time, wanted: work.channels });
  const hasZscale = await canMapColours(picture, ffmpegPath);
  const { ffmpeg, output } = await startFFmpeg(content, ffmpegPath, (input) =>
    renditionArguments(input, { time, picture, sound, hasZscale }),
  );
  const abort = () => ffmpeg.kill('SIGKILL');
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  const clock = createFragmentClock();
  /** What waits to be read. */
  let waiting: Buffer = Buffer.alloc(0);
  const begun = async (): Promise<boolean> => {
    while (!clock.first()) {
      const chunk = await output.next();
      if (!chunk) return false;
      waiting = Buffer.concat([waiting, clock.push(chunk)]);
    }
    return true;
  };
  try {
    const isBegun = await withDeadline(begun(), FIRST_BYTES_TIMEOUT_MS, 'converting the film');
    signal.throwIfAborted();
    if (!isBegun) {
      await endProgram(ffmpeg);
      return null;
    }
  } catch (error) {
    await endProgram(ffmpeg);
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
  const samples = clock.first()!;
  const inOrder = samples.filter(({ kind }) => kind === 'video').concat(samples);
  const firstPicture = inOrder[0]!.seconds - OUTPUT_LEAD_SECONDS;
  const startSeconds = wanted === 0 ? 0 : Math.max(0, firstPicture);
  waiting = Buffer.concat([waiting, clock.start(startSeconds + OUTPUT_LEAD_SECONDS)]);
  let index = 0;
  return {
    firstPicture,
    rendition: {
      rendition: picture.kind === 'encode' ? 'transcode' : 'remux',
      sizeBytes: null,
      mimeType: `video/mp4; codecs="${readCodecs(waiting).join(', ')}"`,
      startSeconds,
      durationSeconds: content.durationSeconds,
      audioChannels: channelsOf(sound),
      async read(wantedIndex) {
        if (wantedIndex !== index)
          throw new RenditionError(`piece ${wantedIndex} of a stream that is at ${index}`);
        while (waiting.length === 0) {
          const chunk = await output.next();
          if (!chunk) return null;
          waiting = clock.push(chunk);
        }
        const data = waiting.subarray(0, PIECE_SIZE);
        waiting = waiting.subarray(data.length);
        return { index: index++, data, proof: [] };
      },
      // FFmpeg works ahead by itself, as far as the pipe takes it.
      prefetch: () => {},
      finished: ffmpeg.exited,
      close: () => endProgram(ffmpeg),
    },
  };
}

/** Picture and sound by the names they have where reading begins. */
function entered(picture: PictureWork, audio: AudioSource | null, { pictureStream, soundStream }: Entry) {
  return {
    picture:
      picture.kind === 'none'
        ? picture
        : { ...picture, source: { ...picture.source, stream: pictureStream } },
    audio: audio && { ...audio, ...(soundStream ? { stream: soundStream } : {}) },
  };
}

async function canMapColours(picture: PictureWork, ffmpegPath: string): Promise<boolean> {
  if (picture.kind !== 'encode' || picture.source.transfer === 'sdr') return false;
  return (await filtersOf(ffmpegPath)).has('zscale');
}

/** @throws RenditionError, ContentChangedError */
async function startFFmpeg(
  content: SharedContent,
  path: string,
  argumentsOf: (input: MediaInput) => string[],
): Promise<{ ffmpeg: Program; output: ReturnType<typeof readOutput> }> {
  try {
    return await withMediaInput(content, async (input) => {
      const command = { path, args: argumentsOf(input), fd: input.handle.fd, limits: RENDITION_LIMITS };
      const ffmpeg = await startProgram(command);
      // At once: the output of a program that ends before anyone reads it is dropped.
      return { ffmpeg, output: readOutput(ffmpeg, content) };
    });
  } catch (error) {
    if (error instanceof UnknownContainerError) throw new RenditionError(error.message);
    if (!(error instanceof ProgramError)) throw error;
    throw new RenditionError(
      error.isMissing ? 'this peer has no FFmpeg to convert the film with' : error.message,
    );
  }
}
