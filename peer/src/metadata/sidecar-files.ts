import { statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';

/** What media centres keep beside a film: `Film.nfo` (Kodi's XML) and `Film.en.srt`. */
export interface SidecarFiles {
  /** A change shows in its size or time. */
  nfo: { name: string; sizeBytes: number; mtimeMs: number } | null;
  subtitles: string[];
}

/** More subtitles beside one film are no use to anyone. */
const MAX_SUBTITLES = 50;

const NFO = /\.nfo$/i;
const SUBTITLES = /\.(srt|vtt|ass|ssa|sub)$/i;

/** Whether a file of this name may belong to a film. */
export function isSidecar(name: string): boolean {
  return NFO.test(name) || SUBTITLES.test(name);
}

/**
 * Sorts a folder's sidecars by the film they belong to, in one pass over their names: a folder may hold thousands of
 * each. Returns a text that differs when the sidecars of a film do, as {@link parseSidecars} reads it; the
 * empty string when it has none.
 */
export function indexSidecars(dir: string, names: readonly string[]): (film: string) => string {
  const nfos = new Map<string, string>();
  const subtitles = new Map<string, string[]>();
  for (const name of [...names].sort()) {
    if (NFO.test(name)) nfos.set(name.slice(0, -4).toLowerCase(), name);
    else if (SUBTITLES.test(name))
      // "Film.2.en.srt" may belong to "Film.2.mp4" and to "Film.mp4".
      for (let dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
        const stem = name.slice(0, dot);
        const known = subtitles.get(stem);
        if (!known) subtitles.set(stem, [name]);
        else if (known.length < MAX_SUBTITLES) known.push(name);
      }
  }
  return (film) => {
    const stem = basename(film, extname(film));
    const nfo = nfos.get(stem.toLowerCase());
    const found: SidecarFiles = {
      nfo: nfo === undefined ? null : statNfo(dir, nfo),
      subtitles: subtitles.get(stem) ?? [],
    };
    return found.nfo || found.subtitles.length > 0 ? JSON.stringify(found) : '';
  };
}

function statNfo(dir: string, name: string): SidecarFiles['nfo'] {
  try {
    const stats = statSync(join(dir, name));
    return stats.isFile() ? { name, sizeBytes: stats.size, mtimeMs: stats.mtimeMs } : null;
  } catch {
    return null;
  }
}

export function parseSidecars(text: string): SidecarFiles {
  return text === '' ? { nfo: null, subtitles: [] } : (JSON.parse(text) as SidecarFiles);
}
