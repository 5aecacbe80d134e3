import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MAX_SUBTITLE_BYTES } from '@giggityflix/proto/data-channel';
import { isWebVtt, parseSubtitles, toWebVtt } from '@giggityflix/subtitles';
import { ContentChangedError, type SharedContent } from '../content/content-source.ts';
import { fromBytes, toPath } from '../files/escaped-names.ts';
import { decodeText } from '../text/decode.ts';

/** SubStation Alpha with many effects has several MiB, of which its plain text is a small part. */
export const MAX_TEXT_BYTES = 8 * 1_024 * 1_024;

/** A subtitle track cannot be given; `message` is fit for the viewer. */
export class SubtitleError extends Error {
  override readonly name = 'SubtitleError';
}

/** What is said of the film that a file lies beside. */
type Beside = Pick<SharedContent, 'path' | 'isAvailable'>;

/**
 * The text of a file beside a film.
 *
 * @throws SubtitleError, ContentChangedError
 */
export async function readSubtitleFile(
  content: Beside,
  name: string,
  language: string | null,
): Promise<string> {
  const file = await openSubtitleFile(content, name, MAX_TEXT_BYTES);
  try {
    return await decodeText(await file.readFile(), { language });
  } finally {
    await file.close();
  }
}

/**
 * Opens a file beside a film. Its name is one the index has; what it leads to must be a regular file in the film's own
 * folder, or in one of subtitles below it, so that no link out of the media folders is followed.
 *
 * @throws SubtitleError, ContentChangedError
 */
export async function openSubtitleFile(content: Beside, name: string, maxBytes: number): Promise<FileHandle> {
  if (!(await content.isAvailable())) throw new ContentChangedError('the film is gone or has changed');
  const path = join(dirname(content.path), name);
  const isThere = async () =>
    isWithin(name) && (await resolved(path)) === join(await resolved(dirname(content.path)), name);
  if (!(await isThere().catch(() => false))) throw new SubtitleError('the subtitles are no longer there');
  // Neither a link nor a pipe is waited for.
  const file = await open(toPath(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new SubtitleError('the subtitles are no file');
    if (stats.size > maxBytes) throw new SubtitleError('the subtitles are too long');
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function resolved(path: string): Promise<string> {
  return fromBytes(await realpath(toPath(path), 'buffer'));
}

/** "Film.en.srt", "Subs/English.srt", "Subs/Film/2_English.srt": at most two folders down, and never up. */
function isWithin(name: string): boolean {
  const parts = name.split('/');
  return parts.length <= 3 && parts.every((part) => part !== '' && part !== '..' && basename(part) === part);
}

/**
 * A text of whichever format as WebVTT; what is WebVTT already stays as it is.
 *
 * @param frameRate of the film, for a format that counts frames
 * @throws SubtitleError for a text that is too long, or a file without subtitles in it.
 */
export function toWebVttText(
  text: string,
  { frameRate = null, isFile }: { frameRate?: number | null; isFile: boolean },
): string {
  const webVtt = isWebVtt(text) ? text : convert(text, frameRate, isFile);
  if (Buffer.byteLength(webVtt) > MAX_SUBTITLE_BYTES) throw new SubtitleError('the subtitles are too long');
  return webVtt;
}

/** A stream may be empty: nothing foreign is said. */
function convert(text: string, frameRate: number | null, isFile: boolean): string {
  const { cues } = parseSubtitles(text, frameRate);
  if (isFile && cues.length === 0) throw new SubtitleError('there are no subtitles in the file');
  return toWebVtt(cues);
}
