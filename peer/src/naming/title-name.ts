import { basename, dirname, extname, isAbsolute, relative, sep } from 'node:path';
import {
  type ExternalId,
  type ExtraOf,
  MAX_EXTERNAL_IDS,
  MAX_TITLE_LENGTH,
  MAX_YEAR,
  type MediaDescription,
  MIN_YEAR,
} from '@giggityflix/proto/media-file';
import { isDeviceName } from './dates.ts';
import { datedShow, episodeByNumber, episodeInSeason, loneNumber } from './episode-rules.ts';
import { extraOf } from './extra-rule.ts';
import { filmByFolder, filmByIdentifier, filmByYear } from './film-rules.ts';
import { type Finding, type Name, toClip } from './finding.ts';
import { type Folders, readFolder, readFolders } from './folders.ts';
import { readStem, toTitle } from './stem.ts';
import { clean, foldName } from './text.ts';
import { isGenericName } from './words.ts';

export type NamedTitle = Pick<MediaDescription, 'title' | 'year' | 'season' | 'episode' | 'kind'>;

/** A show that a file beside the episodes names. */
export interface KnownShow {
  /** The name of that file. */
  file: string;
  title: string;
  year: number | null;
}

/** What a name says, and by which of its parts. */
export interface ExplainedTitle extends NamedTitle {
  reasons: string[];
  /** Ids of other catalogs. */
  externalIds: ExternalId[];
  /** The last of several episodes in the file. */
  lastEpisode: number | null;
  /** The film or episode that an extra belongs to. */
  extraOf: ExtraOf | null;
}

/** The first that finds something decides; from the most certain to the least. */
const RULES: readonly ((name: Name) => Finding | null)[] = [
  deviceFile,
  extraOf,
  episodeByNumber,
  datedShow,
  episodeInSeason,
  filmByYear,
  loneNumber,
  filmByIdentifier,
  filmByFolder,
];

/**
 * What a file's name and folders say of it: `Show.S02E05.1080p.mkv`, `Film (1999).mp4`, `Show/Season 2/05.mkv`. A name
 * that says too little to tell one work from another (`movie`, `S01E01`, `IMG_0001`) is that of a clip.
 *
 * @param root the media folder: its own name, and those above it, say nothing.
 */
export function parseFileName(path: string, root?: string): NamedTitle {
  const { title, year, season, episode, kind } = explainFileName(path, root);
  return { title, year, season, episode, kind };
}

/** {@link parseFileName}, and why. `show` is what a file in or above the folder says that its show is. */
export function explainFileName(path: string, root?: string, show?: KnownShow): ExplainedTitle {
  const stem = clean(basename(path, extname(path)));
  const name: Name = {
    stem,
    ...readStem(stem),
    folders: withShow(readFolders(foldersOf(dirname(path), root)), show),
  };
  let finding: Finding | null = null;
  for (const rule of RULES) {
    finding = rule(name);
    if (finding) break;
  }
  return bounded(finding ?? unnamed(name), stem);
}

function bounded(finding: Finding, stem: string): ExplainedTitle {
  const { title, year, season, episode, kind, reasons } = finding;
  return {
    title: shortened(clean(title) || stem) || 'Untitled',
    year: inRange(year),
    season: kind === 'EPISODE' ? season : null,
    episode: kind === 'EPISODE' ? episode : null,
    kind,
    reasons,
    externalIds: (finding.externalIds ?? []).slice(0, MAX_EXTERNAL_IDS),
    lastEpisode: kind === 'EPISODE' ? (finding.lastEpisode ?? null) : null,
    extraOf: finding.extraOf ? boundedOwner(finding.extraOf) : null,
  };
}

function boundedOwner({ title, year, externalIds, ...rest }: ExtraOf): ExtraOf | null {
  const shown = shortened(title);
  const ids = externalIds.slice(0, MAX_EXTERNAL_IDS);
  return shown === '' ? null : { ...rest, title: shown, year: inRange(year), externalIds: ids };
}

const shortened = (title: string) => clean(title).slice(0, MAX_TITLE_LENGTH).trim();

const inRange = (year: number | null) =>
  year !== null && year >= MIN_YEAR && year <= MAX_YEAR ? year : null;

/** The names of the folders below the media folder, the innermost first; that of the media folder when it names a film. */
function foldersOf(dir: string, root: string | undefined): string[] {
  const below = root === undefined ? dir : relative(root, dir);
  const names = below
    .split(sep)
    .filter((name) => name !== '' && name !== '.' && name !== '..')
    .map(clean);
  if (root !== undefined && isAbsolute(root)) {
    const own = clean(basename(root));
    const known = readFolder(own);
    if (known?.isCertain && known.year !== null) names.unshift(own);
  }
  return names.reverse();
}

/** A show that is known otherwise is that of the folder, whatever that is called. */
function withShow(folders: Folders, show: KnownShow | undefined): Folders {
  if (!show) return folders;
  const { file, ...known } = show;
  const named = { ...known, folder: file, isCertain: false, isRelease: false, ids: [] };
  if (folders.season) return { ...folders, season: { ...folders.season, show: named } };
  return { ...folders, parent: named };
}

function deviceFile({ stem }: Name): Finding | null {
  return isDeviceName(stem) ? toClip(stem, null, [`"${stem}" is a name that a device gave`]) : null;
}

/** A clip, called after its folder too where its own name says nothing. */
function unnamed({ stem, head, folders }: Name): Finding {
  const title = toTitle(head) || stem;
  const parent = folders.parent ?? folders.season?.show ?? null;
  if (parent && isGenericName(title) && foldName(parent.title) !== foldName(title))
    return toClip(`${parent.title} - ${title}`, null, [
      `"${stem}" alone names nothing`,
      `the folder "${parent.folder}"`,
    ]);
  return toClip(title, null, [`"${stem}" has neither a year nor an episode that a work could be known by`]);
}
