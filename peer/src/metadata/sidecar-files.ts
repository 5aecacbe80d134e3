// cspell:ignore legendas untertitel subtítulos
import { readdirSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { ArtworkKind } from '@giggityflix/proto/media-file';
import { toPath } from '../files/escaped-names.ts';
import { seasonFolder } from '../naming/episodes.ts';
import { isExtra, isExtrasFolder } from '../naming/extras.ts';
import { isSubtitleWords } from '../naming/subtitle-names.ts';
import { indexPictures, isPictureName, type Pictures, picturesOf } from './picture-files.ts';

/** What media centres keep beside a film: `Film.nfo` (Kodi's XML), `Film.en.srt`, `Subs/English.srt`. */
export interface SidecarFiles {
  nfo: StatedFile | null;
  /** Paths from the film's folder, with "/" in them. */
  subtitles: string[];
  /** `tvshow.nfo` in the folder or above it, `season.nfo` in it, and of an extra the `.nfo` of its film. */
  show?: StatedFile;
  season?: StatedFile;
  owner?: StatedFile;
  pictures?: (StatedFile & { kind: ArtworkKind })[];
}

/** A file by its path from the film's folder. A change shows in its size or time. */
export interface StatedFile {
  name: string;
  sizeBytes: number;
  mtimeMs: number;
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
  return NFO.test(name) || SUBTITLES.test(name) || isPictureName(name);
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
  /** Of the folder above, and of the one above that, as far as they are within the media folder. */
  above?: readonly FolderFiles[];
}

/** What a folder has for the films in folders below it. */
export interface FolderFiles {
  dir: string;
  showNfo: string | null;
  seasonNfo: string | null;
  /** The `.nfo` of its one film. */
  filmNfo: string | null;
  pictures: Pictures;
}

export function folderFiles({ dir, names, onlyFilm }: Surroundings): FolderFiles {
  const nfos = nfosOf(names);
  return {
    dir,
    showNfo: nfos.get('tvshow') ?? null,
    seasonNfo: nfos.get('season') ?? null,
    filmNfo: onlyFilm === undefined ? null : (filmNfo(nfos, { dir, film: onlyFilm, isOnly: true }) ?? null),
    pictures: indexPictures(names),
  };
}

function nfosOf(names: readonly string[]): Map<string, string> {
  return new Map(
    [...names]
      .sort()
      .flatMap((name): [string, string][] =>
        NFO.test(name) ? [[name.slice(0, -4).toLowerCase(), name]] : [],
      ),
  );
}

/** `Film.nfo`, and for the one film of its folder `movie.nfo` and one that is called as the folder is. */
function filmNfo(
  nfos: ReadonlyMap<string, string>,
  { dir, film, isOnly }: { dir: string; film: string; isOnly: boolean },
): string | undefined {
  const own = nfos.get(basename(film, extname(film)).toLowerCase());
  return own ?? (isOnly ? (nfos.get('movie') ?? nfos.get(basename(dir).toLowerCase())) : undefined);
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
  above = [],
}: Surroundings): (film: string) => string {
  const own = folderFiles({ dir, names, onlyFilm });
  const nfos = nfosOf(names);
  const stated = createStats(dir);
  const around = surroundingsOf(own, above, stated);
  const subtitles = new Map<string, string[]>();
  const orphans: string[] = [];
  const add = (stem: string, path: string) => {
    const known = subtitles.get(stem);
    if (!known) subtitles.set(stem, [path]);
    else if (known.length < MAX_SUBTITLES && known.at(-1) !== path) known.push(path);
  };
  for (const name of [...names].sort()) {
    if (SUBTITLES.test(name)) for (const stem of stemsOf(name)) add(stem, name);
  }
  for (const { path, film } of folders.flatMap((folder) => subtitlesBelow(dir, folder))) {
    const name = basename(path);
    for (const stem of film ? [film.toLowerCase()] : stemsOf(name)) add(stem, path);
    if (film === null && isSubtitleWords(basename(name, extname(name)))) orphans.push(path);
  }
  return (film) => {
    const stem = basename(film, extname(film)).toLowerCase();
    const isOnly = film === onlyFilm;
    const nfo = filmNfo(nfos, { dir, film, isOnly });
    const named = subtitles.get(stem) ?? [];
    const others = isOnly ? orphans.filter((path) => !named.includes(path)) : [];
    const found: SidecarFiles = {
      nfo: nfo === undefined ? null : stated(nfo),
      subtitles: [...named, ...others].slice(0, MAX_SUBTITLES),
      ...around({ film, stem, isOnly }),
    };
    const isEmpty = Object.values(found).every(
      (value) => value === null || (Array.isArray(value) && value.length === 0),
    );
    return isEmpty ? '' : JSON.stringify(found);
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

/** Files beside a film that are there, by their paths from its folder; each is looked at once. */
function createStats(dir: string): (path: string) => StatedFile | null {
  const known = new Map<string, StatedFile | null>();
  return (path) => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const stats = statSync(toPath(join(dir, path)), { throwIfNoEntry: false });
    const file = stats?.isFile() ? { name: path, sizeBytes: stats.size, mtimeMs: stats.mtimeMs } : null;
    known.set(path, file);
    return file;
  };
}

/** What belongs to a film without bearing its name: files of its show and its season, of the film it is an extra of, pictures. */
function surroundingsOf(
  own: FolderFiles,
  above: readonly FolderFiles[],
  stated: (path: string) => StatedFile | null,
) {
  const folder = basename(own.dir);
  const showAt = [own, ...above].findIndex(({ showNfo }) => showNfo !== null);
  const pathTo = (level: number) => (level <= 0 ? '' : `${Array(level).fill('..').join('/')}/`);
  const showFolder = showAt < 0 ? null : ([own, ...above][showAt] ?? null);
  const show = showFolder?.showNfo ? stated(`${pathTo(showAt)}${showFolder.showNfo}`) : null;
  const seasonNumber = seasonFolder(folder)?.season ?? null;
  const showPictures =
    showAt > 0 && showFolder
      ? { path: pathTo(showAt).slice(0, -1), pictures: showFolder.pictures }
      : seasonNumber !== null && above[0]
        ? { path: '..', pictures: above[0].pictures }
        : null;
  const filmAbove = isExtrasFolder(folder) ? above[0]?.filmNfo : null;
  return ({ film, stem, isOnly }: { film: string; stem: string; isOnly: boolean }) => {
    const isOwned = !isOnly && own.filmNfo !== null && isExtra(basename(film, extname(film)));
    const nfo = filmAbove ? `../${filmAbove}` : isOwned ? own.filmNfo : null;
    const owner = nfo ? stated(nfo) : null;
    const season = own.seasonNfo ? stated(own.seasonNfo) : null;
    const pictures = picturesOf({
      stem,
      season: seasonNumber,
      pictures: own.pictures,
      isOnly,
      show: showPictures,
    }).flatMap(({ kind, path }) => {
      const file = stated(path);
      return file ? [{ kind, ...file }] : [];
    });
    return {
      ...(show ? { show } : {}),
      ...(season ? { season } : {}),
      ...(owner ? { owner } : {}),
      ...(pictures.length > 0 ? { pictures } : {}),
    };
  };
}

export function parseSidecars(text: string): SidecarFiles {
  return text === '' ? { nfo: null, subtitles: [] } : (JSON.parse(text) as SidecarFiles);
}
