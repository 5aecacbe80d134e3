import type { ExternalId } from '@giggityflix/proto/media-file';
import { findDate } from './dates.ts';
import { isDistinctive, isDistinctiveShow, isSameName } from './distinctive.ts';
import {
  certainEpisode,
  episodeOfSeason,
  type FoundEpisode,
  loneEpisode,
  trailingNumber,
} from './episodes.ts';
import { episodeOf, type Finding, type Name, quoted, toClip } from './finding.ts';
import type { NamedFolder } from './folders.ts';
import { idText, ofShow } from './identifiers.ts';
import { isSegment, partOfEpisode } from './parts.ts';
import { toTitle } from './stem.ts';
import { bareYear, bracketedYear } from './years.ts';

interface Show {
  title: string;
  year: number | null;
  reasons: string[];
  ids: ExternalId[];
}

/** "Show.S01E02", "Show 1x02", and the same with the show in the name of a folder. */
export function episodeByNumber(name: Name): Finding | null {
  const found = certainEpisode(name.text);
  if (!found) return null;
  const show = showOf(name, found.before);
  if (show) return partOrWhole(show, found);
  // "10x10 (2018)" is a film.
  if (bracketedYear(found.after)) return null;
  return toClip(toTitle(name.head) || name.stem, null, [
    `${quoted(found.text)} is an episode, and nothing names the show`,
  ]);
}

/** One file of several that an episode is in: the first stands for the episode, each further one for itself. */
function partOrWhole(show: Show, found: FoundEpisode): Finding {
  const whole = toEpisode(show, found);
  const named = `${show.title} - S${twoDigits(found.season ?? 0)}E${twoDigits(found.episode)}`;
  if (isSegment(found.after)) {
    const letter = found.after.charAt(0).toLowerCase();
    return toClip(`${named}${letter}`, show.year, [
      ...whole.reasons,
      `the story ${quoted(letter)} of the episode`,
    ]);
  }
  const part = partOfEpisode(found.after, found.episode);
  if (part === null || part < 2) return whole;
  const clip = toClip(`${named} - Part ${part}`, show.year, [...whole.reasons, `part ${part}`]);
  return { ...clip, extraOf: episodeOf(whole) };
}

const twoDigits = (number: number) => String(number).padStart(2, '0');

/** A file in the folder of a season: "06 - Title", "Episode 4". */
export function episodeInSeason(name: Name): Finding | null {
  const { season } = name.folders;
  if (!season) return null;
  const year = bracketedYear(name.text);
  const found = episodeOfSeason(
    year && year.before.trim() !== '' ? `${year.before}${year.after}`.trim() : name.head,
    season.season,
  );
  const show = found && showOf(name, found.before);
  if (found && show) {
    show.reasons.push(`season from the folder ${quoted(season.folder)}`);
    return toEpisode(show, found);
  }
  if (year || !season.show) return null;
  return toClip(`${season.show.title} - ${toTitle(name.head) || name.stem}`, season.show.year, [
    `the folder ${quoted(season.folder)} of ${quoted(season.show.folder)}, and no number of an episode`,
  ]);
}

/** "Show - 12", "Show Ep 12", "Show [12]": absolute numbers, where something else speaks for a show. */
export function loneNumber(name: Name): Finding | null {
  const found =
    loneEpisode(name.head) ??
    loneEpisode(name.text) ??
    (hasGroup(name) ? trailingNumber(toTitle(name.head)) : null);
  if (!found) return loneInFolder(name);
  if (found.before.trim() !== '' && !isDistinctive(toTitle(found.before))) return null;
  const isYear = /^\W*(?:19|20)\d{2}\W*$/u.test(found.text);
  const isLabelled = /[\p{L}#]/u.test(found.text);
  const own = ownShow(found.before);
  const isInShow = name.folders.parent !== null && isSameName(name.folders.parent.title, own.title);
  if (isYear || !(isLabelled || name.isReleased || isInShow || hasGroup(name))) return null;
  const show = showOf(name, found.before);
  return show && toEpisode(show, found);
}

/** "Show/Show 135", and "Bleach 001 [720p]": a number at the end. */
function loneInFolder(name: Name): Finding | null {
  const found = trailingNumber(toTitle(name.head));
  if (!found) return null;
  const { title } = ownShow(found.before);
  const { parent } = name.folders;
  const isInShow = parent !== null && isSameName(parent.title, title);
  const isPadded = /^0\d{2}$/u.test(found.text) && name.isReleased && isDistinctive(title);
  const show = isInShow || isPadded ? showOf(name, found.before) : null;
  return show && toEpisode(show, found);
}

/** "The Daily Show 2024-01-15": an episode by its day, where something else speaks for a show; else a recording of one's own. */
export function datedShow(name: Name): Finding | null {
  const found = findDate(name.text);
  if (!found || bracketedYear(name.text)) return null;
  const own = ownShow(found.before).title;
  const { parent, season } = name.folders;
  const show = season?.show ?? (parent && isSameName(parent.title, own) ? parent : null);
  const words = toTitle(name.head.slice(found.before.length + found.date.length));
  const isShow = show !== null || (name.isReleased && isDistinctive(own));
  if (!isShow) {
    const title =
      own === '' ? toTitle(name.head) || name.stem : [own, found.date, words].filter(Boolean).join(' ');
    return toClip(title, found.year, [`the day ${found.date}, and nothing that makes it a show's`]);
  }
  const title = show?.title ?? own;
  return {
    title: [title, found.date, words].filter(Boolean).join(' '),
    year: found.year,
    season: null,
    episode: null,
    kind: 'EPISODE',
    externalIds: ofShow(show?.ids ?? name.ids),
    reasons: [
      show ? `title from the folder ${quoted(show.folder)}` : `title from ${quoted(own)}`,
      `the day ${found.date}`,
    ],
  };
}

function toEpisode(show: Show, { season, episode, last, text }: FoundEpisode): Finding {
  const reasons = [...show.reasons, `episode from ${quoted(text)}`];
  if (last > episode) reasons.push(`the file goes on to episode ${last}`);
  reasons.push(...show.ids.map((id) => `the id ${idText(id)} of the show`));
  return {
    title: show.title,
    year: show.year,
    season,
    episode,
    kind: 'EPISODE',
    reasons,
    externalIds: ofShow(show.ids),
    lastEpisode: last > episode ? last : null,
  };
}

/** The show a file is of: its folder's above the season, else its own name's, else its folder's; null when nothing says. */
function showOf({ folders, ids }: Name, before: string): Show | null {
  const own = { ...ownShow(before), ids };
  const above = folders.season?.show;
  if (above) return byFolder(above, own);
  if (own.title !== '' && isDistinctiveShow(own.title)) {
    const { parent } = folders;
    if (parent && isSameName(parent.title, own.title)) return byFolder(parent, own);
    return { ...own, reasons: [`title from ${quoted(before)}`, ...yearReason(own.year, before)] };
  }
  const folder = folders.seasonAbove?.show ?? folders.parent;
  return folder && byFolder(folder, own);
}

function byFolder(named: NamedFolder, own: Pick<Show, 'title' | 'year' | 'ids'>): Show {
  const { title, year, folder } = named;
  const ids = named.ids.length > 0 ? named.ids : own.ids;
  const reasons = [`title from the folder ${quoted(folder)}`];
  if (year !== null) return { title, year, ids, reasons: [...reasons, ...yearReason(year, folder)] };
  const ownYear = isSameName(title, own.title) ? own.year : null;
  return { title, year: ownYear, ids, reasons: [...reasons, ...yearReason(ownYear, 'the name')] };
}

function yearReason(year: number | null, from: string): string[] {
  return year === null ? [] : [`year ${year} from ${quoted(from)}`];
}

/** The name of a show before its number: "Show (2005) - ", "Show.2005." */
function ownShow(before: string): { title: string; year: number | null } {
  const text = before.trim();
  const year = bracketedYear(text) ?? atEnd(bareYear(text.replace(/[\s._-]+$/u, '')));
  // The group that released it is no show.
  const title = toTitle(year?.before ?? text).replace(/^\[[^\]]*\]$/u, '');
  if (title === '' && /^\[[^\]]*\]\W*$/u.test(text)) return { title: '', year: null };
  return title === '' ? { title: toTitle(text), year: null } : { title, year: year?.year ?? null };
}

function atEnd(year: ReturnType<typeof bareYear>): ReturnType<typeof bareYear> {
  return year && /^[\s._-]*$/u.test(year.after) ? year : null;
}

/** Fans' releases name the group first. */
const hasGroup = ({ stem }: Name): boolean => /^(?:\[[^\]]+\]|【)/u.test(stem);
