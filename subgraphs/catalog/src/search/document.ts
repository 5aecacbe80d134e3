import { createHash } from 'node:crypto';
import type { MediaDetails } from '@giggityflix/proto/media-file';
import type { TitleFacts } from '../titles/identity.ts';
import { MAX_TITLE_LENGTH } from '../titles/limits.ts';
import { withoutArticle } from './articles.ts';
import { codesInName, episodeTerm, yearTerm } from './codes.ts';
import { foldedName, foldedWords, indexedParts, termsOf } from './fold.ts';
import { canBeMeant } from './query.ts';

/** The version of what is made of a title to find it, and to have it in order; titles of another one are done again after the start. */
export const SEARCH_RULES = 3;

type Searched = TitleFacts & { id: string };
type Field = (title: Searched, details: MediaDetails) => readonly (string | null)[];

/** What a title is called, or is asked for by: found before all else. */
const NAMES: readonly Field[] = [
  ({ name }) => [name],
  (_, { originalTitle }) => [originalTitle],
  (_, { episodeTitle }) => [episodeTitle],
  (_, { collection }) => [collection],
];
/** What else is said of it. Words of the first ones are known to those who misspell them. */
const PEOPLE: readonly Field[] = [(_, { people }) => people.flatMap(({ name, role }) => [name, role])];
const TEXTS: readonly Field[] = [
  (_, { genres }) => genres,
  (_, { tags }) => tags,
  (_, { studios }) => studios,
  (_, { seasonTitle }) => [seasonTitle],
  (_, { tagline }) => [tagline],
  (_, { outline }) => [outline],
  (_, { plot }) => [plot],
  (_, { showPlot }) => [showPlot],
];
/** Most words of one title that misspelt ones lead to. */
const MAX_KNOWN_WORDS_OF_TITLE = 40;
/** Most terms of one title beyond its names: a plot of 5,000 characters has some 500 different ones. */
const MAX_TERMS = 2_000;

/** A title as it is searched. */
export interface SearchDocument {
  titleId: string;
  /** Folded, and the same without its article. */
  full: string;
  name: string;
  /** Terms of its names, with its year and numbers, and those of all else. */
  names: string[];
  more: string[];
  /** Words by which misspelt ones are found. */
  words: string[];
  /** Orders what is found as well: the newest first, episodes of one show in their order. Nearly unique. */
  rank: bigint;
  /** The version of the rules by which it was made. */
  rules: number;
  /** Equal for equal documents. */
  digest: string;
}

export function toDocument(title: Searched, details: MediaDetails): SearchDocument {
  const terms = (fields: readonly Field[]) => [
    ...new Set(
      fields.flatMap((field) => field(title, details).flatMap((text) => (text ? termsOf(text) : []))),
    ),
  ];
  const called = [...new Set([...terms(NAMES), ...indexedParts(codesInName(foldedWords(title.name)))])];
  const people = terms(PEOPLE);
  const names = [...new Set([...called, ...codes(title)])];
  const known = new Set(names);
  const more = [...new Set([...people, ...terms(TEXTS)])]
    .filter((term) => !known.has(term))
    .slice(0, MAX_TERMS);
  const full = foldedName(title.name, MAX_TITLE_LENGTH);
  const rank = rankOf(title, full);
  const content = JSON.stringify([full, names, more, rank.toString(), SEARCH_RULES]);
  return {
    titleId: title.id,
    full,
    name: withoutArticle(full),
    names,
    more,
    words: [...new Set([...called, ...people])].filter(canBeMeant).slice(0, MAX_KNOWN_WORDS_OF_TITLE),
    rank,
    rules: SEARCH_RULES,
    digest: createHash('sha256').update(content).digest('base64url').slice(0, 22),
  };
}

function codes({ year, season, episode }: TitleFacts): string[] {
  return [
    ...(year === null ? [] : [yearTerm(year)]),
    ...(episode === null ? [] : [episodeTerm(season, episode)]),
  ];
}

const FIRST_YEAR = 1_800;
/** Bits of each part of a rank; 53 in all, so that any client of a database reads it. */
const BITS = { year: 9, name: 18, season: 7, episode: 11, own: 8 } as const;
/** The last bits of a rank: what titles of one year and name differ by. */
export const BELOW_NAME = BITS.season + BITS.episode + BITS.own;

function rankOf({ id, year, kind, season, episode }: Searched, name: string): bigint {
  const ofName = createHash('sha256').update(name).digest().readUInt32BE();
  const own = createHash('sha256').update(id).digest().readUInt32BE();
  const isEpisode = kind === 'EPISODE';
  const later = (value: number | null, bits: number) => (1 << bits) - 1 - bounded(value ?? 0, bits);
  const spread = BITS.season + BITS.episode;
  const parts: [value: number, bits: number][] = [
    [bounded((year ?? FIRST_YEAR) - FIRST_YEAR, BITS.year), BITS.year],
    [ofName >>> (32 - BITS.name), BITS.name],
    ...(isEpisode
      ? ([
          [later(season, BITS.season), BITS.season],
          [later(episode, BITS.episode), BITS.episode],
        ] as [number, number][])
      : ([[own >>> (32 - spread), spread]] as [number, number][])),
    [own & ((1 << BITS.own) - 1), BITS.own],
  ];
  return parts.reduce((rank, [value, bits]) => (rank << BigInt(bits)) | BigInt(value), 0n);
}

const bounded = (value: number, bits: number) => Math.min(Math.max(value, 0), (1 << bits) - 1);
