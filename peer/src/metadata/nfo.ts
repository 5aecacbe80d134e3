import { openInside } from '../files/open-inside.ts';
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
      return parseNfo(await file.readFile('utf8'));
    } finally {
      await file.close();
    }
  } catch {
    return {};
  }
}
