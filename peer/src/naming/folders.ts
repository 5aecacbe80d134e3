// cspell:ignore BDMV HVDVD teil partie matchday

import type { ExternalId } from '@giggityflix/proto/media-file';
import { isDistinctive, isDistinctiveShow, isSameName } from './distinctive.ts';
import { seasonFolder } from './episodes.ts';
import { isExtrasFolder } from './extras.ts';
import { readStem, toTitle } from './stem.ts';
import { isGenericFolder } from './words.ts';
import { bareYear, bracketedYear } from './years.ts';

/** What a folder is the folder of. */
export interface NamedFolder {
  /** As it is called. */
  folder: string;
  title: string;
  year: number | null;
  /** Whether the name is one that only a film's or a show's folder has: with a year, an id or the words of a release. */
  isCertain: boolean;
  isRelease: boolean;
  /** Ids of other catalogs. */
  ids: ExternalId[];
}

/** What a file's folders say of it. */
export interface Folders {
  /** The folder of a season that the file lies in, and the show it is of. */
  season: { folder: string; season: number; show: NamedFolder | null } | null;
  /** The same with a folder between it and the file. */
  seasonAbove: Folders['season'];
  /** The folder of a film or a show that the file lies in, when it is not that of a season. */
  parent: NamedFolder | null;
  extras: string | null;
  disc: { folder: string; number: number | null } | null;
}

const DISC = /^(?:cd|disc|disk|dvd|part|pt)[ ._-]?(\d{1,2})$/iu;
const DISC_INSIDE = /^(?:BDMV|STREAM|PLAYLIST|VIDEO_TS|HVDVD_TS|M2TS)$/iu;

/** Reads the names of a file's folders, the innermost first, none of them above the media folder. */
export function readFolders(names: readonly string[]): Folders {
  const folders: Folders = { season: null, seasonAbove: null, parent: null, extras: null, disc: null };
  let at = 0;
  for (; at < names.length; at += 1) {
    const name = names[at]!;
    const disc = DISC.exec(name);
    if (isExtrasFolder(name) && folders.extras === null) folders.extras = name;
    else if (disc || DISC_INSIDE.test(name))
      folders.disc ??= { folder: name, number: disc ? Number(disc[1]) : null };
    else break;
  }
  if (at === names.length) return folders;
  folders.season = readSeason(names, at);
  if (folders.season) return folders;
  folders.parent = readFolder(names[at]!);
  folders.seasonAbove = at + 1 < names.length ? readSeason(names, at + 1) : null;
  return folders;
}

function readSeason(names: readonly string[], at: number): Folders['season'] {
  const folder = names[at]!;
  // Fans' releases name the group first.
  const found = seasonFolder(/^[[【]/u.test(folder) ? readStem(folder).text : folder);
  if (!found) return null;
  const above = names[at + 1];
  const own = readFolder(found.show);
  const outer = above === undefined ? null : readFolder(above, { isShow: true });
  // "The Wire (2002)/The Wire Season 1" says more than "The Wire Season 1".
  const show = own && !(outer && isSameName(own.title, outer.title)) ? own : outer;
  return { folder, season: found.season, show };
}

/** What a folder is named after; null for one that sorts a library ("Movies", "2019"). */
export function readFolder(folder: string, { isShow = false } = {}): NamedFolder | null {
  const { text, head, isReleased, ids } = readStem(folder);
  // "The.Matrix.1999" is a film's; "Italy 2019" may be anyone's.
  const isDotted = !/\s/u.test(folder);
  const year = bracketedYear(text) ?? (isReleased || isShow || isDotted ? bareYear(head) : null);
  const title = toTitle(year?.before ?? head) || toTitle(year?.after ?? '');
  const isCertain = year !== null || ids.length > 0 || isReleased;
  if (!/[\p{L}\p{N}]/u.test(title)) return null;
  // "24" above a season is a show, and "2019" above films sorts them.
  const isNumber = isShow && /^\d+$/u.test(title);
  const isNamed = isShow ? isDistinctiveShow(title) : isDistinctive(title);
  if (!isCertain && (!isNamed || (isGenericFolder(title) && !isNumber))) return null;
  return { folder, title, year: year?.year ?? null, isCertain, isRelease: isReleased, ids };
}
