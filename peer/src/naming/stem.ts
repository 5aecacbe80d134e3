import type { ExternalId } from '@giggityflix/proto/media-file';
import { takeIdentifiers } from './identifiers.ts';
import { spaced, trimSeparators } from './text.ts';
import { RELEASE_CAPITAL, RELEASE_WORD, SOFT_WORD } from './words.ts';
import { bracketedYear } from './years.ts';

/** A name taken apart as far as that can be done without knowing what it names. */
export interface Stem {
  /** The words with spaces between them, without the releasing group in front and ids of other catalogs. */
  text: string;
  /** What precedes the words of the release: "1080p", "x264". */
  head: string;
  /** Whether there are such words. */
  isReleased: boolean;
  /** Ids of other catalogs. */
  ids: ExternalId[];
}

const SITE = /^\[? ?www\.[^\s\]]+ ?\]?[\s-]*/iu;
const GROUP = /^(?:\[[^\]]{1,60}\]|【[^】]{1,60}】)\s*/u;
/** "(1080p)", "[ABCDEF01]", " - 12": names that begin with a group have one of them. */
const HAS_BRACKETS_OR_NUMBER = /\[[^\]]+\]|\([^)]*\d{3,4}p[^)]*\)| - \d{1,4}(?:v\d)?(?!\d)|S\d{1,2}E\d/iu;
/** Years, episodes and resolutions: a word in capitals before them is one of the title. */
const BEHIND_NUMBERS = /(?:19|20)\d{2}|E\d|\d{3,4}p|\d+x\d/iu;
const CHECKSUM = /\[[0-9A-F]{8}\]/u;

export function readStem(name: string): Stem {
  const { ids, rest } = takeIdentifiers(name);
  const text = withoutGroup(spaced(rest.replace(SITE, '')));
  const cut = releaseStart(text);
  const head = cut === null ? text : text.slice(0, cut);
  return {
    text,
    head: head.trim(),
    isReleased: cut !== null || CHECKSUM.test(name),
    ids,
  };
}

function withoutGroup(text: string): string {
  const group = GROUP.exec(text);
  if (!group) return text;
  const rest = text.slice(group[0].length);
  // "[REC] (2007)" and "[REC] 2 (2009)" are names.
  const named = trimSeparators(rest.replace(/[[({][^\])}]*[\])}]/gu, ' '));
  if (/^\[[^\]]*\p{L}/u.test(rest)) return rest.replace(/^\[([^\]]+)\]/u, '$1 ');
  if (!(/\p{L}/u.test(named) || / - \d/u.test(rest)) || !HAS_BRACKETS_OR_NUMBER.test(rest)) return text;
  return rest;
}

/** Where the words of the release begin, or the bracket around the first of them. */
function releaseStart(text: string): number | null {
  const indexes = [...text.matchAll(RELEASE_WORD)].map(({ index }) => index);
  const year = bracketedYear(text);
  for (const { index } of text.matchAll(RELEASE_CAPITAL))
    if (year ? index > year.before.length : BEHIND_NUMBERS.test(text.slice(0, index))) indexes.push(index);
  const starts = indexes.map((index) => openingBefore(text, index)).filter((index) => index > 0);
  return starts.length > 0 ? Math.min(...starts) : null;
}

function openingBefore(text: string, index: number): number {
  const opening = Math.max(...['(', '[', '{'].map((bracket) => text.lastIndexOf(bracket, index)));
  const closing = Math.max(...[')', ']', '}'].map((bracket) => text.lastIndexOf(bracket, index)));
  return opening > closing ? opening : index;
}

/** A title as it is shown: without brackets of the release, and what separated it from the rest. */
export function toTitle(text: string): string {
  const plain = text.replace(/(?<=\S.*)\[[^\]]*\]/gu, ' ').replace(/(?<=\S.*)\{[^}]*\}/gu, ' ');
  const title = trimSeparators(plain) || trimSeparators(text);
  const again = bracketedYear(title);
  if (again && again.after.trim() === '' && /[\p{L}\p{N}]/u.test(again.before))
    return trimSeparators(again.before);
  return title;
}

/** Whether a text says nothing but edition, language and release. */
export function isSoft(text: string): boolean {
  const words = text.match(/[\p{L}\p{N}'’&]+/gu) ?? [];
  return words.every((word) => SOFT_WORD.test(word));
}
