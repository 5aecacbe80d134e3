import { openInside } from '../files/open-inside.ts';
import { decodeText } from '../text/decode.ts';
import type { NfoContent } from './nfo-facts.ts';

/** Larger ones are no `.nfo` anyone wrote; in UTF-16 each character takes two bytes. */
export const MAX_NFO_BYTES = 2_097_152;

/** Reads an `.nfo` within the media folders; one that cannot be read says nothing but why. */
export async function readNfo(path: string, roots: readonly string[]): Promise<NfoContent> {
  // Loaded with the first `.nfo`, as the parser with it.
  const { NO_CONTENT, readNfoText } = await import('./nfo-facts.ts');
  try {
    const file = await openInside(path, roots);
    try {
      if ((await file.stat()).size > MAX_NFO_BYTES)
        return { ...NO_CONTENT, problem: `it is larger than ${MAX_NFO_BYTES} bytes` };
      const bytes = await file.readFile();
      return readNfoText(await decodeText(bytes, { declared: declaredEncoding(bytes) }));
    } finally {
      await file.close();
    }
  } catch (error) {
    return { ...NO_CONTENT, problem: (error as Error).message };
  }
}

/** What the XML declaration says the encoding is. */
function declaredEncoding(bytes: Uint8Array): string | null {
  const start = Buffer.from(bytes.subarray(0, 200)).toString('latin1');
  return /^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]{1,40})["']/i.exec(start)?.[1] ?? null;
}
