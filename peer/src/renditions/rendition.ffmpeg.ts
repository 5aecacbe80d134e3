import type { SharedContent } from '../content/content-source.ts';
import { trackEnd, trackStart } from '../timeline/timeline.ts';
import { encodedInstead } from './arguments/picture.ts';
import type { PictureWork } from './arguments/work.ts';
import { beginConversion, type FFmpegOptions, TOLERANCE_SECONDS } from './conversion.ffmpeg.ts';
import { type Entry, findEntry } from './entry.ts';
import { findEnd } from './film-end.ts';
import { seekPlaceFor } from './key-frames.ts';
import type { Rendition, RenditionRequest } from './rendition.ts';
import { RenditionError } from './rendition-error.ts';
import { isShort } from './short-tracks.ts';

/** Where copying begins so much before the place asked for, that may be beyond the end. */
const FAR_SECONDS = 30;
/** What is left to watch for who seeks to the end of a film or beyond. */
const LAST_SECONDS = 1;

/** The longest pages of Ogg: the times of sound in the first one that is read are guessed. */
const PAGE_SECONDS = 2;

/** Before the end of a picture, where there are frames of it. */
const LAST_FRAMES_SECONDS = 2;

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
