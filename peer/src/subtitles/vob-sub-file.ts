import { parseVobSubIndex, type VobSubIndex } from '@giggityflix/subtitles';
import type { SharedContent } from '../content/content-source.ts';
import { decodeText } from '../text/decode.ts';
import { openSubtitleFile } from './text.ts';

/** An index has a line of 60 bytes for each picture of each language. */
const MAX_INDEX_BYTES = 4 * 1_024 * 1_024;

/** @throws SubtitleError, ContentChangedError */
export async function readVobSubIndex(
  content: Pick<SharedContent, 'path' | 'isAvailable'>,
  name: string,
): Promise<VobSubIndex> {
  const file = await openSubtitleFile(content, name, MAX_INDEX_BYTES);
  try {
    return parseVobSubIndex(await decodeText(await file.readFile()));
  } finally {
    await file.close();
  }
}
