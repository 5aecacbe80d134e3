import { openInside } from '../files/open-inside.ts';
import { decodeText } from '../text/decode.ts';
import type { NfoFacts } from './nfo-facts.ts';

/** Larger ones are no `.nfo` anyone wrote. */
const MAX_NFO_BYTES = 262_144;

/** Reads an `.nfo` within the media folders; one that is no XML of Kodi's, or cannot be read, says nothing. */
export async function readNfo(path: string, roots: readonly string[]): Promise<NfoFacts> {
  try {
    const file = await openInside(path, roots);
    try {
      if ((await file.stat()).size > MAX_NFO_BYTES) return {};
      const { parseNfo } = await import('./nfo-facts.ts');
      const bytes = await file.readFile();
      return parseNfo(await decodeText(bytes, { declared: declaredEncoding(bytes) }));
    } finally {
      await file.close();
    }
  } catch {
    return {};
  }
}

/** What the XML declaration says the encoding is. */
function declaredEncoding(bytes: Uint8Array): string | null {
  const start = Buffer.from(bytes.subarray(0, 200)).toString('latin1');
  return /^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]{1,40})["']/i.exec(start)?.[1] ?? null;
}
