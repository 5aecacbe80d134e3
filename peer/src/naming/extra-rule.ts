import { isSameName } from './distinctive.ts';
import { episodeByNumber } from './episode-rules.ts';
import { certainEpisode } from './episodes.ts';
import { isExtrasName, mayHoldWorks, splitExtra } from './extras.ts';
import { episodeOf, type Finding, type Name, type Owner, quoted, toClip, toExtra } from './finding.ts';
import type { NamedFolder } from './folders.ts';
import { readStem, toTitle } from './stem.ts';
import { bareYear, bracketedYear } from './years.ts';

/** Trailers, samples and what else comes with a film: clips that carry its name. */
export function extraOf(name: Name): Finding | null {
  return bySuffix(name) ?? byFolder(name) ?? byWholeName(name);
}

function bySuffix(name: Name): Finding | null {
  const split = splitExtra(name.stem);
  if (!split) return null;
  const owner = readStem(split.owner);
  const year = bracketedYear(owner.text) ?? (owner.isReleased ? bareYear(owner.head) : null);
  const isMarked = /^[-–.]/u.test(split.what) || name.stem.startsWith(split.what);
  const isEpisode = certainEpisode(owner.text) !== null;
  const isKnown = year !== null || owner.isReleased;
  if (!(isMarked || (isKnown && !isEpisode))) return null;
  // "Interstellar-scene" may be; a dot or a hyphen within a name of dots is a separator like any other.
  if (/^[.]/u.test(split.what) && !isKnown && !isEpisode) return null;
  const { parent, extras } = name.folders;
  // Releases shorten the name of the film in those of its samples: its folder has it whole.
  if (!isKnown && !isEpisode && parent && (extras !== null || parent.isRelease))
    return toExtra(`${parent.title} - ${toTitle(name.stem)}`, ownerOf(parent), [
      `${quoted(split.what)} makes it an extra of ${quoted(parent.title)}, whose folder it is in`,
    ]);
  const title = toTitle(year?.before ?? owner.head);
  const shown = title === '' && parent ? parent.title : title || name.stem;
  const isParent = parent !== null && isSameName(parent.title, shown);
  const ownIds = owner.ids.length > 0 ? owner.ids : isParent ? parent.ids : [];
  const named = `${shown} - ${capitalized(toTitle(split.what))}`;
  const reasons = [`${quoted(split.what)} makes it an extra of ${quoted(shown)}`];
  const found = isEpisode ? episodeByNumber({ ...name, ...owner, stem: split.owner }) : null;
  if (found) return { ...toClip(named, found.year, reasons), extraOf: episodeOf(found) };
  const shownYear = year?.year ?? (isParent ? parent.year : null);
  return toExtra(named, { title: shown, year: shownYear, externalIds: ownIds }, reasons);
}

function byFolder(name: Name): Finding | null {
  const { extras, parent, season } = name.folders;
  if (extras === null) return null;
  const hasOwn = certainEpisode(name.text) !== null || bracketedYear(name.text) !== null;
  if (mayHoldWorks(extras) && hasOwn) return null;
  const owner = parent ?? season?.show ?? null;
  const own = toTitle(name.head) || name.stem;
  if (!owner && mayHoldWorks(extras)) return null;
  if (!owner)
    return toClip(`${own} - ${capitalized(extras)}`, bracketedYear(name.text)?.year ?? null, [
      `the folder ${quoted(extras)}`,
    ]);
  const named = `${owner.title} - ${own}`;
  const reasons = [`the folder ${quoted(extras)} makes it an extra of ${quoted(owner.title)}`];
  return toExtra(named, ownerOf(owner), reasons);
}

function byWholeName(name: Name): Finding | null {
  const { parent, season } = name.folders;
  const owner = parent ?? season?.show ?? null;
  if (!owner || !isExtrasName(name.head)) return null;
  if (bracketedYear(name.text) || certainEpisode(name.text)) return null;
  const named = `${owner.title} - ${toTitle(name.head)}`;
  const reasons = [`${quoted(name.stem)} is an extra of ${quoted(owner.title)}`];
  return toExtra(named, ownerOf(owner), reasons);
}

const ownerOf = ({ title, year, ids }: NamedFolder): Owner => ({ title, year, externalIds: ids });

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
