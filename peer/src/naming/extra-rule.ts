import { isSameName } from './distinctive.ts';
import { certainEpisode } from './episodes.ts';
import { isExtrasName, mayHoldWorks, splitExtra } from './extras.ts';
import { type Finding, type Name, quoted, toClip } from './finding.ts';
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
  const { parent } = name.folders;
  const title = toTitle(year?.before ?? owner.head);
  const shown = title === '' && parent ? parent.title : title || name.stem;
  return toClip(
    `${shown} - ${capitalized(toTitle(split.what))}`,
    year?.year ?? (parent && isSameName(parent.title, shown) ? parent.year : null),
    [`${quoted(split.what)} makes it an extra of ${quoted(shown)}`],
  );
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
  return toClip(`${owner.title} - ${own}`, owner.year, [
    `the folder ${quoted(extras)} makes it an extra of ${quoted(owner.title)}`,
  ]);
}

function byWholeName(name: Name): Finding | null {
  const { parent, season } = name.folders;
  const owner = parent ?? season?.show ?? null;
  if (!owner || !isExtrasName(name.head)) return null;
  if (bracketedYear(name.text) || certainEpisode(name.text)) return null;
  return toClip(`${owner.title} - ${toTitle(name.head)}`, owner.year, [
    `${quoted(name.stem)} is an extra of ${quoted(owner.title)}`,
  ]);
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
