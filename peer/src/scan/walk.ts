import { type Dirent, lstatSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, extname, join, sep } from 'node:path';
import { fromBytes, mayBeEscaped, toPath } from '../files/escaped-names.ts';
import { isInside } from '../files/is-inside.ts';
import type { FileFacts, FileKey, FileState } from '../library/types.ts';
import {
  type FolderFiles,
  folderFiles,
  indexSidecars,
  isSidecar,
  isSubtitleFolder,
  type Surroundings,
} from '../metadata/sidecar-files.ts';
import { seasonFolder } from '../naming/episodes.ts';
import { isExtra, isExtrasFolder } from '../naming/extras.ts';

export interface WalkRules {
  /** Media folders, absolute. */
  roots: readonly string[];
  /** With their dot, in lower case. */
  extensions: readonly string[];
  /** Absolute paths, or bare names that are skipped wherever they occur. */
  excludeDirs: readonly string[];
}

/** A row of the index, as far as a walk compares it. */
export interface KnownFile {
  name: string;
  sizeBytes: number;
  mtimeMs: number;
  dev: number;
  sidecars: string;
  state: FileState;
}

/** What the index knows; the walk reads it folder by folder and never holds more. */
export interface KnownFiles {
  inDirectory(dir: string): KnownFile[];
  /** Folders at or below `dir` that the index has files of. */
  directoriesBelow(dir: string): Iterable<string>;
}

export type WalkEvent =
  /** A file the index does not know, or knows with another size or time. */
  | { kind: 'found'; file: FileFacts; ctimeMs: number }
  /** An unavailable file is back as it was. */
  | { kind: 'returned'; file: FileFacts }
  /** A file as the index has it, with other sidecars. */
  | { kind: 'sidecars'; file: FileFacts }
  | { kind: 'removed'; key: FileKey }
  /** Not to be seen now, with a sign that its disk is unavailable rather than the file deleted. */
  | { kind: 'lost'; key: FileKey; reason: string }
  | { kind: 'directory'; path: string; mtimeMs: number }
  /** A folder that was not entered, because the walk is not recursive. */
  | { kind: 'unexplored'; path: string }
  | { kind: 'problem'; path: string; reason: string };

interface Position {
  dir: string;
  root: string;
}

/**
 * Compares a media folder, or a folder inside one, with the index and yields the differences. Synchronous:
 * meant for a thread of its own.
 *
 * Hidden names are skipped. Links to folders are not followed, so there are no loops; a link to a file counts when
 * it leads to a place inside a media folder.
 */
export function* walk(
  start: string,
  root: string,
  rules: WalkRules,
  known: KnownFiles,
  options: { recursive: boolean },
): Generator<WalkEvent> {
  const visited = new Set<string>();
  const failed: string[] = [];
  const stack: Position[] = [{ dir: start, root }];
  const realRoots = rules.roots.flatMap((path) => tryRealpath(path));
  const folders = new Map<string, FolderFiles>();
  while (stack.length > 0) {
    const { dir } = stack.pop()!;
    if (isExcluded(dir, root, rules)) continue;
    let directory: Stats;
    let entries: readonly Entry[];
    try {
      directory = statSync(toPath(dir));
      entries = readEntries(dir);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (dir !== root && code === 'ENOENT') continue;
      failed.push(dir);
      yield { kind: 'problem', path: dir, reason: explain(error) };
      continue;
    }
    visited.add(dir);
    yield { kind: 'directory', path: dir, mtimeMs: directory.mtimeMs };
    const before = new Map(known.inDirectory(dir).map((file) => [file.name, file]));
    const around = surroundings(dir, entries, rules);
    keepFolder(folders, folderFiles(around ?? { dir, names: [] }));
    const sidecarsOf = sidecarsIn(dir, around, { root, folders, rules });
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const path = join(dir, entry.name);
      if (entry.isDirectory()) {
        if (options.recursive) stack.push({ dir: path, root });
        else if (!isExcluded(path, root, rules)) {
          yield { kind: 'unexplored', path };
          // What lies beside a show's seasons, or a film's extras, describes those as well.
          if (seasonFolder(entry.name) || isExtrasFolder(entry.name)) stack.push({ dir: path, root });
        }
        continue;
      }
      if (!rules.extensions.includes(extname(entry.name).toLowerCase())) continue;
      const stats = statFile(path, entry.isSymbolicLink(), realRoots);
      if (stats === null) continue;
      if (typeof stats === 'string') {
        yield { kind: 'problem', path, reason: stats };
        if (before.delete(entry.name)) yield { kind: 'lost', key: { dir, name: entry.name }, reason: stats };
        continue;
      }
      const file: FileFacts = {
        dir,
        name: entry.name,
        root,
        sizeBytes: stats.size,
        mtimeMs: stats.mtimeMs,
        dev: stats.dev,
        ino: stats.ino,
        sidecars: sidecarsOf(entry.name),
      };
      const old = before.get(entry.name);
      before.delete(entry.name);
      if (!old || old.sizeBytes !== file.sizeBytes || old.mtimeMs !== file.mtimeMs)
        yield { kind: 'found', file, ctimeMs: stats.ctimeMs };
      else if (old.state === 'unavailable') yield { kind: 'returned', file };
      else if (old.sidecars !== file.sidecars) yield { kind: 'sidecars', file };
    }
    for (const old of before.values()) {
      if (directory.dev === old.dev) yield { kind: 'removed', key: { dir, name: old.name } };
      else if (old.state !== 'unavailable')
        yield { kind: 'lost', key: { dir, name: old.name }, reason: 'its disk is not there' };
    }
  }
  for (const dir of known.directoriesBelow(start)) {
    if (visited.has(dir) || (!options.recursive && dir !== start && exists(dir))) continue;
    const unreadable = failed.find((path) => isInside(dir, path));
    const ancestor = unreadable === undefined ? nearestExisting(dir, root) : null;
    for (const old of known.inDirectory(dir)) {
      const key = { dir, name: old.name };
      if (ancestor !== null && (ancestor.dev === old.dev || isExcluded(dir, root, rules)))
        yield { kind: 'removed', key };
      else if (old.state !== 'unavailable')
        yield { kind: 'lost', key, reason: `${unreadable ?? root} cannot be read` };
    }
  }
}

type Entry = Pick<Dirent, 'name' | 'isDirectory' | 'isSymbolicLink'>;

/** A folder's entries, with names that are not UTF-8 escaped; those need a second look. */
function readEntries(dir: string): readonly Entry[] {
  const entries = readdirSync(toPath(dir), { withFileTypes: true });
  if (!entries.some(({ name }) => mayBeEscaped(name))) return entries;
  return readdirSync(toPath(dir), { withFileTypes: true, encoding: 'buffer' }).map((entry) => ({
    name: fromBytes(entry.name),
    isDirectory: () => entry.isDirectory(),
    isSymbolicLink: () => entry.isSymbolicLink(),
  }));
}

/** What a folder has beside its films; null for nothing. */
function surroundings(dir: string, entries: readonly Entry[], rules: WalkRules): Surroundings | null {
  const names = entries.flatMap(({ name }) => (isSidecar(name) ? [name] : []));
  const folders = entries.flatMap((entry) =>
    entry.isDirectory() && isSubtitleFolder(entry.name) ? [entry.name] : [],
  );
  if (names.length === 0 && folders.length === 0) return null;
  const [onlyFilm, another] = entries.flatMap(({ name }) =>
    rules.extensions.includes(extname(name).toLowerCase()) && !isExtra(basename(name, extname(name)))
      ? [name]
      : [],
  );
  return { dir, names, folders, onlyFilm: another === undefined ? onlyFilm : undefined };
}

/** Folders that are kept in mind for those below them; of a large library some are read again. */
const MAX_FOLDERS_KEPT = 1_000;

function keepFolder(folders: Map<string, FolderFiles>, files: FolderFiles): void {
  if (folders.size >= MAX_FOLDERS_KEPT) folders.clear();
  folders.set(files.dir, files);
}

/** Folders above one that may describe its films. */
const LEVELS_ABOVE = 2;

/** What lies beside each film of a folder, and above it. */
function sidecarsIn(
  dir: string,
  own: Surroundings | null,
  { root, folders, rules }: { root: string; folders: Map<string, FolderFiles>; rules: WalkRules },
): (film: string) => string {
  const above: FolderFiles[] = [];
  for (let path = dir; above.length < LEVELS_ABOVE && path !== root && isInside(path, root); ) {
    path = dirname(path);
    const files = folders.get(path) ?? readFolderFiles(path, rules);
    keepFolder(folders, files);
    above.push(files);
  }
  const hasAny = above.some(({ showNfo, filmNfo, pictures }) => showNfo || filmNfo || pictures.size > 0);
  if (!own && !hasAny) return () => '';
  return indexSidecars({ dir, names: [], ...own, above });
}

/** Those of a folder that this walk did not come through. */
function readFolderFiles(dir: string, rules: WalkRules): FolderFiles {
  let entries: readonly Entry[] = [];
  try {
    entries = readEntries(dir);
  } catch {
    // It says nothing; whether it can be read is not asked here.
  }
  return folderFiles(surroundings(dir, entries, rules) ?? { dir, names: [] });
}

function isExcluded(dir: string, root: string, rules: WalkRules): boolean {
  const names = dir.slice(root.length).split(sep);
  return rules.excludeDirs.some((rule) => (rule.includes(sep) ? isInside(dir, rule) : names.includes(rule)));
}

function exists(dir: string): boolean {
  return statSync(toPath(dir), { throwIfNoEntry: false })?.isDirectory() === true;
}

/** The stats of a file that may be shared, words for why not, or null for what is no file at all. */
function statFile(path: string, isLink: boolean, realRoots: readonly string[]): Stats | string | null {
  try {
    if (!isLink) {
      const stats = lstatSync(toPath(path));
      return stats.isFile() ? stats : null;
    }
    const stats = statSync(toPath(path));
    if (!stats.isFile()) return null;
    const target = fromBytes(realpathSync.native(toPath(path), 'buffer'));
    return realRoots.some((root) => isInside(target, root))
      ? stats
      : 'the link leads out of the media folders';
  } catch (error) {
    return explain(error);
  }
}

function nearestExisting(dir: string, root: string): Stats | null {
  let path = dir;
  while (isInside(path, root)) {
    const stats = statSync(toPath(path), { throwIfNoEntry: false });
    if (stats) return stats;
    if (path === dirname(path)) break;
    path = dirname(path);
  }
  return null;
}

function tryRealpath(path: string): string[] {
  try {
    return [realpathSync(path)];
  } catch {
    return [];
  }
}

/** A system error in words a person can act on. */
export function explain(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  if (code === 'ENOENT') return 'it does not exist';
  if (code === 'ENOTDIR') return 'it is not a folder';
  if (code === 'ELOOP') return 'the link leads in a circle';
  return message;
}
