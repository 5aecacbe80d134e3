import { withoutArticle } from './articles.ts';
import {
  episodeAtEnd,
  episodeOf,
  episodeTerm,
  seasonOf,
  seasonTerm,
  withCodesJoined,
  yearOf,
  yearTerm,
} from './codes.ts';
import { foldedName, foldedWords, isUnspacedTerm, searchedParts } from './fold.ts';

/** Longest text that is searched for, in UTF-16 code units. */
export const MAX_SEARCH_LENGTH = 200;
/** Each word is a condition of the query. */
export const MAX_SEARCH_WORDS = 10;
/** A word without spaces between its parts is several conditions. */
const MAX_GROUPS = 30;

/** A term of the index: letters and digits alone, or the beginning of one. */
export interface SearchTerm {
  text: string;
  isPrefix: boolean;
}

/** What is found has one of these. */
export interface SearchGroup {
  terms: SearchTerm[];
  /** Too short to be looked for in long texts, where nearly everything has a word that begins so. */
  isShort: boolean;
  /** The word, where it may be misspelt. */
  word: string | null;
}

/** The title that a search names by all it says: name, and year or numbers. */
export interface NamedTitle {
  name: string;
  year: number | null;
  season: number | null;
  episode: number | null;
}

export interface SearchQuery {
  /** Folded, as it was typed. */
  full: string;
  /** The same without an article at its beginning. */
  name: string;
  named: NamedTitle | null;
  /** What is found has a term of each; empty where only emoji or punctuation was typed. */
  groups: SearchGroup[];
}

export type ParsedSearch =
  | { kind: 'search'; query: SearchQuery }
  | { kind: 'none' }
  | { kind: 'too_many_words' };

/** What someone typed, as what is to be found; `none` where nothing of it can be seen. */
export function parseSearch(text: string): ParsedSearch {
  const full = foldedName(text, MAX_SEARCH_LENGTH);
  if (full === '') return { kind: 'none' };
  const words = withCodesJoined(foldedWords(text));
  if (new Set(words).size > MAX_SEARCH_WORDS) return { kind: 'too_many_words' };
  const name = withoutArticle(full);
  if (words.length === 0) return { kind: 'search', query: { full, name, named: null, groups: [] } };
  const wanted = name === full ? words : withCodesJoined(name.split(' '));
  const groups = [...new Set(wanted)].flatMap(groupsOf).slice(0, MAX_GROUPS);
  return { kind: 'search', query: { full, name, named: namedBy(name), groups } };
}

function groupsOf(word: string): SearchGroup[] {
  const code = codeTerm(word);
  return searchedParts(word).map((text) => ({
    terms: [{ text, isPrefix: true }, ...code],
    isShort: text.length < 3 && !isUnspacedTerm(text),
    word: canBeMisspelt(text) ? text : null,
  }));
}

function codeTerm(word: string): SearchTerm[] {
  const year = yearOf(word);
  if (year !== null) return [{ text: yearTerm(year), isPrefix: false }];
  const numbers = episodeOf(word);
  if (numbers) return [{ text: episodeTerm(numbers.season, numbers.episode), isPrefix: false }];
  const season = seasonOf(word);
  return season === null ? [] : [{ text: seasonTerm(season), isPrefix: true }];
}

/** What is called like the first words alone, as it is spelt: a name may say "season 2" itself. */
function namedBy(text: string): NamedTitle | null {
  const [name = '', last = ''] = splitAtLast(text);
  const year = yearOf(last);
  if (name !== '' && year !== null) return { name, year, season: null, episode: null };
  const ending = episodeAtEnd(text);
  return ending && { year: null, ...ending };
}

function splitAtLast(text: string): [name: string, last: string] {
  const at = text.lastIndexOf(' ');
  return at < 0 ? ['', text] : [text.slice(0, at), text.slice(at + 1)];
}

/** Whether a word is long enough that one wrong letter leaves most of it. */
const canBeMisspelt = (word: string): boolean => word.length >= 4 && canBeMeant(word);

/** Whether a word is one that another may be a misspelling of: of letters, and between spaces. */
export function canBeMeant(word: string): boolean {
  return word.length >= 3 && word.length <= 30 && /^\p{L}+$/u.test(word) && !isUnspacedTerm(word);
}
