// cspell:ignore BDMV HVDVD teil partie matchday

import type { ExternalId } from '@giggityflix/proto/media-file';
import { isDistinctive, isSameName } from './distinctive.ts';
import { beginsWithExtra } from './extras.ts';
import { type Finding, type Name, quoted, toClip, toExtra, toFilm } from './finding.ts';
import type { NamedFolder } from './folders.ts';
import { idText } from './identifiers.ts';
import { discOf, EVENT, partBehindYear, withoutDisc, withoutPart } from './parts.ts';
import { isSoft, toTitle } from './stem.ts';
import { foldName } from './text.ts';
import { isCommonName } from './words.ts';
import { bareYear, bracketedYear, type FoundYear, leadingYear } from './years.ts';

/** "Film (1999)", "Film.1999.1080p", "1999 - Film". */
export function filmByYear(name: Name): Finding | null {
  const bracketed = bracketedYear(name.text);
  if (bracketed) return byBrackets(name, bracketed);
  const leading = leadingYear(name.head);
  if (leading && isDistinctive(toTitle(leading.before)))
    return filmOf(name, toTitle(leading.before), leading.year, '');
  const bare = bareYear(name.head);
  return bare && byBareYear(name, bare);
}

function byBrackets(name: Name, { year, before, after }: FoundYear): Finding | null {
  const head = name.head.length < before.length ? name.head : before;
  const title = toTitle(head) || toTitle(name.head.slice(before.length + 6));
  if (!/[\p{L}\p{N}]/u.test(title)) return null;
  const rest = toTitle(name.head.slice(name.text.length - after.length));
  if (beginsWithExtra(after))
    return toExtra(`${title} - ${rest}`, { title, year, externalIds: idsOf(name, title) }, [
      `${quoted(rest)} of ${quoted(title)}`,
    ]);
  const number = / - (\d{1,4})(?:v\d)?(?=\s*(?:$|[([]| - ))/u.exec(after);
  const isShow = name.isReleased || (name.folders.parent && isSameName(name.folders.parent.title, title));
  if (number && isShow)
    return {
      title,
      year,
      season: null,
      episode: Number(number[1]),
      kind: 'EPISODE',
      reasons: [`title from ${quoted(title)}`, `year from "(${year})"`, `episode from ${quoted(number[0])}`],
    };
  if (EVENT.test(rest) && (!isSoft(rest) || /^finale?s?$/iu.test(rest)))
    return toClip(`${title} ${year} ${rest}`, year, [
      `the year ${year} and ${quoted(rest)}: one of several events`,
    ]);
  if (isUsualRecording(name, title))
    return toClip(toTitle(name.head) || name.stem, year, [`${quoted(title)} may be anyone's`]);
  return filmOf(name, title, year, after);
}

/** A name that many give to their own recordings, and nothing else that speaks for a film. */
function isUsualRecording({ isReleased, ids, folders: { parent } }: Name, title: string): boolean {
  const hasFolder = parent?.isCertain && isSameName(parent.title, title);
  return isCommonName(title) && !isReleased && ids.length === 0 && !hasFolder;
}

function byBareYear(name: Name, { year, before, after }: FoundYear): Finding | null {
  const title = toTitle(before);
  if (discOf(after) !== null || isSoft(after)) {
    if (!isDistinctive(title) && !name.isReleased)
      return toClip(toTitle(name.head), year, [`${quoted(name.head)} may be anyone's`]);
    return filmOf(name, title, year, after);
  }
  return toClip(toTitle(name.head), year, [`${quoted(after)} behind the year ${year}: one of several works`]);
}

/** "{tmdb-27205}" without a year. */
export function filmByIdentifier(name: Name): Finding | null {
  const title = toTitle(name.head);
  const isFilm = name.ids.some(({ provider }) => provider === 'imdb' || provider === 'tmdb');
  return isFilm && title !== '' ? filmOf(name, title, null, '') : null;
}

/** "Film (1999)/Film.mkv", "Film (1999)/movie.mkv", "Film.1999.1080p-GROUP/abc.mkv". */
export function filmByFolder(name: Name): Finding | null {
  const { parent } = name.folders;
  if (!parent?.isCertain) return null;
  const own = toTitle(name.head);
  if (isMain(own, parent))
    return filmOf(name, parent.title, parent.year, own, `the folder ${quoted(parent.folder)}`);
  return toClip(`${parent.title} - ${own || name.stem}`, parent.year, [
    `${quoted(own || name.stem)} in the folder of ${quoted(parent.title)}`,
  ]);
}

const MAIN_NAME =
  /^(?:the )?(?:movie|film|feature|main|main (?:feature|movie|title)|video|full(?: movie)?)$/iu;

function isMain(own: string, parent: NamedFolder): boolean {
  const plain = withoutPart(withoutDisc(own)).trim();
  if (plain === '' || MAIN_NAME.test(plain) || parent.isRelease) return !/^\d+$/u.test(plain);
  const title = foldName(parent.title);
  const words = foldName(plain);
  if (words === title) return true;
  return words.startsWith(`${title} `) && isSoft(words.slice(title.length));
}

/** A film, or one disc of it: the first stands for the film, each further one for itself. */
function filmOf(name: Name, title: string, year: number | null, after: string, source?: string): Finding {
  const { folders } = name;
  const number = discOf(name.stem) ?? partBehindYear(after) ?? folders.disc?.number ?? null;
  const plain = toTitle(withoutDisc(title));
  const externalIds = idsOf(name, plain || title);
  const reasons = [
    source ? `title from ${source}` : `title from ${quoted(title)}`,
    ...(year === null ? [] : [`year ${year}`]),
    ...externalIds.map((id) => `the id ${idText(id)}`),
  ];
  if (folders.disc && number === null)
    return toClip(`${plain} - ${name.stem}`, year, [
      ...reasons,
      `a file of the disc ${quoted(folders.disc.folder)}`,
    ]);
  if (number === null || plain === '') return { ...toFilm(plain || title, year, reasons), externalIds };
  // The ids are those of the film, which a further disc is not.
  if (number > 1) return toFilm(`${plain} - Disc ${number}`, year, [...reasons, `disc ${number}`]);
  return { ...toFilm(plain, year, [...reasons, `disc ${number}`]), externalIds };
}

/** The ids in a film's name, or in that of its folder. */
function idsOf({ ids, folders: { parent } }: Name, title: string): ExternalId[] {
  if (ids.length > 0) return ids;
  return parent && isSameName(parent.title, title) ? parent.ids : [];
}
