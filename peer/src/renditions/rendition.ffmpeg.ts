import { withDeadline } from '@giggityflix/kernel';
import { PIECE_SIZE } from '@giggityflix/proto/data-channel';
import { type MediaInput, UnknownContainerError, withMediaInput } from '../containers/input.ts';
import type { SharedContent } from '../content/content-source.ts';
import { filtersOf } from '../ffmpeg/filters.ts';
import { RENDITION_LIMITS } from '../processes/limits.ts';
import { type Program, ProgramError, startProgram } from '../processes/program.ts';
import { type Timeline, trackEnd, trackStart } from '../timeline/timeline.ts';
import { renditionArguments } from './arguments/index.ts';
import { encodedInstead } from './arguments/picture.ts';
import { channelsOf, soundWork } from './arguments/sound.ts';
import { OUTPUT_LEAD_SECONDS } from './arguments/timing.ts';
import type { PictureWork } from './arguments/work.ts';
import { type Entry, findEntry } from './entry.ts';
import { findEnd } from './film-end.ts';
import { createFragmentClock } from './fragment-clock.ts';
import { seekPlaceFor } from './key-frames.ts';
import { readCodecs } from './mp4-codecs.ts';
import { endProgram, readOutput } from './output.ts';
import type { AudioSource, Rendition, RenditionRequest } from './rendition.ts';
import { RenditionError } from './rendition-error.ts';

/** Longest wait for the first bytes; a slow disk and a long film need some seconds. */
const FIRST_BYTES_TIMEOUT_MS = 20_000;
/** What nobody hears or sees between a picture and its sound. */
const TOLERANCE_SECONDS = 0.04;
/** Where copying begins so much before the place asked for, that may be beyond the end. */
const FAR_SECONDS = 30;
/** What is left to watch for who seeks to the end of a film or beyond. */
const LAST_SECONDS = 1;

/** The longest pages of Ogg: the times of sound in the first one that is read are guessed. */
const PAGE_SECONDS = 2;

/** How much earlier sound ends than the picture where silence is put behind it; to encode it costs little. */
const SHORT_SOUND_SECONDS = 10;
/** The same of a picture, which costs much; browsers hold so much sound that they wait for more pictures with. */
const SHORT_PICTURE_SECONDS = 60;
/** Before the end of a picture, where there are frames of it. */
const LAST_FRAMES_SECONDS = 2;

export interface FFmpegOptions {
  ffmpegPath: string;
  ffprobePath: string | null;
  picture: PictureWork;
  /** Null for a film without sound. */
  audio: AudioSource | null;
  /** Null where it is not known. */
  timeline?: Timeline | null;
}

/**
 * Makes a film into a stream of fragmented MP4 from some second on. FFmpeg runs no faster than the viewer reads: its
 * output waits in a pipe.
 *
 * @throws RenditionError where there is no FFmpeg, or it can do nothing with the file; the signal's reason. FFmpeg has ended by
 * then.
 */
export async function openFFmpegRendition(
  content: SharedContent,
  request: RenditionRequest,
  options: FFmpegOptions,
  signal: AbortSignal,
): Promise<Rendition> {
  const latest = Math.max(0, (content.durationSeconds ?? Number.MAX_VALUE) - LAST_SECONDS);
  const wanted = Math.min(request.startSeconds, latest);
  const open = (from: number, film = content) =>
    beginAt(film, { ...request, startSeconds: from }, options, signal);
  const conversion = await open(wanted);
  const isNear = conversion && wanted - conversion.startSeconds < FAR_SECONDS;
  if (conversion && isNear) return conversion;
  // The file may be shorter than it says.
  const end = wanted > 0 ? await findEnd(content, { ...options, claimedSeconds: wanted }) : null;
  if (conversion && (end === null || end >= wanted)) return conversion;
  await conversion?.close();
  const shorter = end === null ? content : { ...content, durationSeconds: end };
  const last =
    (end !== null && end < wanted ? await open(Math.max(0, end - LAST_SECONDS), shorter) : null) ??
    (wanted > 0 ? await open(0, shorter) : null);
  if (!last) throw new RenditionError('FFmpeg finds nothing in the film to convert');
  return last;
}

/** Null where there is nothing from that place on. @throws RenditionError, ContentChangedError, the signal's reason */
async function beginAt(
  content: SharedContent,
  request: RenditionRequest,
  options: FFmpegOptions,
  signal: AbortSignal,
): Promise<Rendition | null> {
  const { startSeconds: wanted } = request;
  const begin = async (picture: PictureWork) => {
    const { seekSeconds, entry } = await placeFor(content, { ...options, picture }, wanted);
    const work = { picture, seekSeconds, entry, wanted, channels: request.audioChannels ?? 2 };
    return beginConversion(content, work, options, signal);
  };
  const picture =
    options.picture.kind === 'copy' && isShort(options, 'picture')
      ? encodedInstead(options.picture, request)
      : options.picture;
  const conversion = await begin(picture);
  if (!conversion || picture.kind !== 'copy' || conversion.firstPicture >= -TOLERANCE_SECONDS)
    return conversion?.rendition ?? null;
  // An edit list may begin a film within a group of pictures, of which those before cannot be left out.
  await conversion.rendition.close();
  return (await begin(encodedInstead(picture, request)))?.rendition ?? null;
}

/** Where FFmpeg begins to read for what begins at a second of the film. */
async function placeFor(
  content: SharedContent,
  { picture, audio, ffprobePath, timeline = null }: FFmpegOptions,
  wanted: number,
): Promise<{ seekSeconds: number; entry: Entry | null }> {
  const source = picture.kind === 'none' ? null : picture.source;
  // Before a late picture there is only sound, which a search for pictures would miss.
  if (wanted === 0 || (source && wanted <= (trackStart(timeline, 'video', source.place) ?? 0)))
    return { seekSeconds: 0, entry: null };
  if (timeline?.segments && ffprobePath) {
    const { segments } = timeline;
    const isCut = picture.kind === 'encode';
    const entry = await findEntry(content, {
      seconds: wanted,
      segments,
      ffprobePath,
      picture: source,
      audio,
      isCut,
    });
    return { seekSeconds: entry?.seconds ?? 0, entry };
  }
  if (!source) return { seekSeconds: wanted, entry: null };
  const originSeconds = timeline?.originSeconds ?? 0;
  // Where there is no picture any more, its last frame is found.
  const last = isShort({ picture, audio, timeline }, 'picture')
    ? Math.max(0, (trackEnd(timeline, 'video', source.place) ?? 0) - LAST_FRAMES_SECONDS)
    : wanted;
  const search = { seconds: Math.min(wanted, last), originSeconds, ffprobePath, stream: source.stream };
  const seekSeconds = await seekPlaceFor(content, search);
  const isGuessed = content.container === 'ogg' && picture.kind === 'encode';
  return { seekSeconds: Math.max(0, seekSeconds - (isGuessed ? PAGE_SECONDS : 0)), entry: null };
}

interface Conversion {
  rendition: Rendition;
  /** When its first picture is presented, in seconds of the film. */
  firstPicture: number;
}

/** Null where there is nothing from that place on. @throws RenditionError, ContentChangedError, the signal's reason */
async function beginConversion(
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

/** Whether one track of two ends so long before the other that a player would wait for more of it. */
function isShort(
  { picture, audio, timeline = null }: Pick<FFmpegOptions, 'picture' | 'audio' | 'timeline'>,
  which: 'picture' | 'sound',
): boolean {
  if (picture.kind === 'none' || !audio) return false;
  const pictureEnd = trackEnd(timeline, 'video', picture.source.place);
  const soundEnd = trackEnd(timeline, 'audio', audio.track);
  if (pictureEnd === null || soundEnd === null) return false;
  return which === 'sound'
    ? pictureEnd - soundEnd > SHORT_SOUND_SECONDS
    : soundEnd - pictureEnd > SHORT_PICTURE_SECONDS;
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
