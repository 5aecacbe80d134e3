import { readFile, stat } from 'node:fs/promises';
import type { NfoFacts } from './nfo-facts.ts';

/** Larger ones are no `.nfo` anyone wrote. */
const MAX_NFO_BYTES = 262_144;

/** Reads an `.nfo`; one that is no XML of Kodi's, or cannot be read, says nothing. */
export async function readNfo(path: string): Promise<NfoFacts> {
  try {
    const stats = await stat(path);
    // A named pipe would be read for ever.
    if (!stats.isFile() || stats.size > MAX_NFO_BYTES) return {};
    const { parseNfo } = await import('./nfo-facts.ts');
    return parseNfo(await readFile(path, 'utf8'));
  } catch {
    return {};
  }
}
