// cspell:ignore legendas untertitel subtítulos
import { readdirSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { toPath } from '../files/escaped-names.ts';
import { isSubtitleWords } from '../naming/subtitle-names.ts';

/** What media centres keep beside a film: `Film.nfo` (Kodi's XML), `Film.en.srt`, `Subs/English.srt`. */
export interface SidecarFiles {
  /** A change shows in its size or time. */
  nfo: { name: string; sizeBytes: number; mtimeMs: number } | null;
  /** Paths from the film's folder, with "/" in them. */
  subtitles: string[];
}

/** More subtitles beside one film are no use to anyone. */
const MAX_SUBTITLES = 50;
/** Words that may say language and kind behind a film's name. */
const MAX_WORDS = 4;
/** Entries that are read of a folder of subtitles, and folders within it. */
const MAX_ENTRIES = 2_000;
const MAX_FOLDERS = 200;

const NFO = /\.nfo$/i;
const SUBTITLES = /\.(srt|vtt|ass|ssa|sub|sbv|smi|sami|ttml|dfxp|mpl|idx|sup)$/i;
const SUBTITLE_FOLDER = /^(?:subs?|subtitles?|legendas|untertitel|sous-titres|subtítulos|字幕)$/iu;

/** Whether a file of this name may belong to a film. */
export function isSidecar(name: string): boolean {
  return NFO.test(name) || SUBTITLES.test(name);
}

/** Whether a folder of this name holds the subtitles of the films in the folder above. */
export function isSubtitleFolder(name: string): boolean {
  return SUBTITLE_FOLDER.test(name);
}

/** What a folder of films has beside them. */
export interface Surroundings {
  dir: string;
  /** Names of the files in it; of those that are no sidecars, none need be given. */
  names: readonly string[];
  /** Names of its folders of subtitles. */
  folders?: readonly string[];
  /** The name of the one film in it, to which what names none belongs: `movie.nfo`, `Subs/English.srt`. */
  onlyFilm?: string | undefined;
}

/**
 * Sorts a folder's sidecars by the film they belong to, in one pass over their names: a folder may hold thousands of
 * each. Returns a text that differs when the sidecars of a film do, as {@link parseSidecars} reads it; the
 * empty string when it has none.
 */
export function indexSidecars({
  dir,
  names,
  folders = [],
  onlyFilm,
}: Surroundings): (film: string) => string {
  const nfos = new Map<string, string>();
  const subtitles = new Map<string, string[]>();
  const orphans: string[] = [];
  const add = (stem: string, path: string) => {
    const known = subtitles.get(stem);
    if (!known) subtitles.set(stem, [path]);
    else if (known.length < MAX_SUBTITLES && known.at(-1) !== path) known.push(path);
  };
  for (const name of [...names].sort()) {
    if (NFO.test(name)) nfos.set(name.slice(0, -4).toLowerCase(), name);
    else if (SUBTITLES.test(name)) for (const stem of stemsOf(name)) add(stem, name);
  }
  for (const { path, film } of folders.flatMap((folder) => subtitlesBelow(dir, folder))) {
    const name = basename(path);
    for (const stem of film ? [film.toLowerCase()] : stemsOf(name)) add(stem, path);
    if (film === null && isSubtitleWords(basename(name, extname(name)))) orphans.push(path);
  }
  return (film) => {
    const stem = basename(film, extname(film)).toLowerCase();
    const isOnly = film === onlyFilm;
    const nfo = nfos.get(stem) ?? (isOnly ? nfos.get('movie') : undefined);
    const own = subtitles.get(stem) ?? [];
    const others = isOnly ? orphans.filter((path) => !own.includes(path)) : [];
    const found: SidecarFiles = {
      nfo: nfo === undefined ? null : statNfo(dir, nfo),
      subtitles: [...own, ...others].slice(0, MAX_SUBTITLES),
    };
    return found.nfo || found.subtitles.length > 0 ? JSON.stringify(found) : '';
  };
}

/**
 * The names of films, in lower case, that a file of subtitles may belong to: "Film.2.en.srt" to "Film.2.mp4" and to
 * "Film.mp4", "Film_en.srt" and "Film (English).srt" to "Film.mp4".
 */
function stemsOf(name: string): Set<string> {
  const lower = name.toLowerCase();
  const stems = new Set<string>();
  for (let dot = lower.indexOf('.'); dot > 0; dot = lower.indexOf('.', dot + 1))
    stems.add(lower.slice(0, dot));
  const whole = lower.slice(0, -extname(lower).length);
  const separators = [...whole.matchAll(/[\s_([{-]+/gu)].slice(-MAX_WORDS).reverse();
  for (const { index } of separators) {
    const tail = whole.slice(index);
    // What another word comes before says no more.
    if (!isSubtitleWords(tail) && /\D\D/u.test(tail)) break;
    const before = whole.slice(0, index).trimEnd();
    if (before !== '' && isSubtitleWords(tail)) stems.add(before);
  }
  return stems;
}

/** The files of a folder of subtitles, and of the folders within it, which are called as films are. */
function subtitlesBelow(dir: string, folder: string): { path: string; film: string | null }[] {
  const read = (path: string) => {
    try {
      return readdirSync(toPath(join(dir, path)), { withFileTypes: true }).slice(0, MAX_ENTRIES);
    } catch {
      return [];
    }
  };
  const within = (path: string, film: string | null) =>
    read(path)
      .filter((entry) => entry.isFile() && SUBTITLES.test(entry.name))
      .map(({ name }) => ({ path: `${path}/${name}`, film }))
      .sort((one, other) => (one.path < other.path ? -1 : 1));
  const films = read(folder).filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  return [
    ...within(folder, null),
    ...films.slice(0, MAX_FOLDERS).flatMap(({ name }) => within(`${folder}/${name}`, name)),
  ];
}

function statNfo(dir: string, name: string): SidecarFiles['nfo'] {
  try {
    const stats = statSync(toPath(join(dir, name)));
    return stats.isFile() ? { name, sizeBytes: stats.size, mtimeMs: stats.mtimeMs } : null;
  } catch {
    return null;
  }
}

export function parseSidecars(text: string): SidecarFiles {
  return text === '' ? { nfo: null, subtitles: [] } : (JSON.parse(text) as SidecarFiles);
}
