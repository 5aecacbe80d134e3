import type { TitleFacts } from '../titles/identity.ts';
import { MAX_TITLE_LENGTH } from '../titles/limits.ts';
import { foldedName } from './fold.ts';
import { splitArticle } from './leading-article.ts';

/** Numbers are compared as such up to so many digits, so that "Rocky 2" comes before "Rocky 10". */
const DIGITS = 6;
/** Before all that names have, so that a name comes before those that go on behind it. */
const SEPARATOR = '\t';

/**
 * Orders titles by name without its article, whole numbers by what they are, episodes of a series by season and episode, and
 * namesakes by year; compared byte by byte. `language` is that of all files of the title. For episodes it is left out: those of
 * one series stay together, whatever each is dubbed in.
 */
export function nameKey(title: TitleFacts, language: string | null): string {
  const { article, rest } = splitArticle(title.name, title.kind === 'EPISODE' ? null : language);
  const name = foldedName(rest, MAX_TITLE_LENGTH).replace(/\d+/gu, (digits) => digits.padStart(DIGITS, '0'));
  return [
    name.slice(0, MAX_TITLE_LENGTH).toWellFormed(),
    article,
    padded(title.season, 5),
    padded(title.episode, 6),
    padded(title.year, 4),
  ].join(SEPARATOR);
}

function padded(value: number | null, digits: number): string {
  return value === null ? '' : String(value).padStart(digits, '0');
}
