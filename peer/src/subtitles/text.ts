import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { MAX_SUBTITLE_BYTES } from '@giggityflix/proto/data-channel';
import { ContentChangedError, type SharedContent } from '../content/content-source.ts';

/** A subtitle track cannot be given; `message` is fit for the viewer. */
export class SubtitleError extends Error {
  override readonly name = 'SubtitleError';
}

/** What files were written in before UTF-8, by language; elsewhere windows-1252. */
const LEGACY_ENCODINGS: Readonly<Record<string, string>> = {
  ...of('windows-1250', [
    'cs',
    'ces',
    'hr',
    'hrv',
    'hu',
    'hun',
    'pl',
    'pol',
    'ro',
    'ron',
    'sk',
    'slk',
    'sl',
    'slv',
  ]),
  ...of('windows-1251', ['be', 'bel', 'bg', 'bul', 'mk', 'mkd', 'ru', 'rus', 'sr', 'srp', 'uk', 'ukr']),
  ...of('windows-1253', ['el', 'ell']),
  ...of('windows-1254', ['tr', 'tur']),
  ...of('windows-1255', ['he', 'heb']),
  ...of('windows-1256', ['ar', 'ara', 'fa', 'fas']),
  ...of('windows-1258', ['vi', 'vie']),
  ...of('windows-874', ['th', 'tha']),
  ...of('gb18030', ['zh', 'zho', 'chi']),
  ...of('shift_jis', ['ja', 'jpn']),
  ...of('euc-kr', ['ko', 'kor']),
};

function of(encoding: string, languages: string[]): Record<string, string> {
  return Object.fromEntries(languages.map((language) => [language, encoding]));
}

/**
 * The text of a file beside a film. Its name is one the index has; what it leads to must be a regular file in the film's own
 * folder, so that no link out of the media folders is followed.
 *
 * @throws SubtitleError, ContentChangedError
 */
export async function readSubtitleFile(
  content: Pick<SharedContent, 'path' | 'isAvailable'>,
  name: string,
  language: string | null,
): Promise<string> {
  if (!(await content.isAvailable())) throw new ContentChangedError('the film is gone or has changed');
  const path = join(dirname(content.path), name);
  const isThere = async () =>
    basename(name) === name && (await realpath(path)) === join(await realpath(dirname(content.path)), name);
  if (!(await isThere().catch(() => false))) throw new SubtitleError('the subtitles are no longer there');
  // Neither a link nor a pipe is waited for.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new SubtitleError('the subtitles are no file');
    if (stats.size > MAX_SUBTITLE_BYTES) throw new SubtitleError('the subtitles are too long');
    return decodeText(await file.readFile(), language);
  } finally {
    await file.close();
  }
}

/** The text of a file that does not name its encoding. */
export function decodeText(bytes: Uint8Array, language: string | null): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const legacy = LEGACY_ENCODINGS[language?.toLowerCase().split('-')[0] ?? ''] ?? 'windows-1252';
    return new TextDecoder(legacy).decode(bytes);
  }
}

/** @throws SubtitleError for what does not begin as WebVTT has to. */
export function checkWebVtt(text: string): string {
  if (!/^WEBVTT(?:[ \t\r\n]|$)/.test(text)) throw new SubtitleError('the subtitles are not WebVTT');
  return text;
}

export function formatOf(name: string): string {
  return extname(name).toLowerCase();
}
