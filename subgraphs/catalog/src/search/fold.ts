/** Letters that Unicode does not decompose, as people without them on their keyboards write them. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ı: 'i',
  ŋ: 'n',
  ς: 'σ',
};
const SPECIAL = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'gu');
const APOSTROPHES = /['’ʼ]/gu;
const COMPOUND = /[\p{L}\p{N}]+(?:[-‐‑–·.'’ʼ_][\p{L}\p{N}]+)+/gu;
/** Scripts that put no spaces between words, where any part of the name may be the word. */
const UNSPACED_RUN =
  /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Khmr}\p{sc=Laoo}\p{sc=Mymr}ー]+|[^\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Khmr}\p{sc=Laoo}\p{sc=Mymr}ー]+/gu;
const UNSPACED = /^[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Khmr}\p{sc=Laoo}\p{sc=Mymr}ー]/u;

/** Longest term that is compared, in characters: whoever types more finds what begins so. */
const MAX_TERM_LENGTH = 40;

/** Text without case, accents, widths and characters that are not seen: what two ways to type it share. */
export function fold(text: string): string {
  return text
    .toWellFormed()
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]+/gu, '')
    .toLowerCase()
    .replace(SPECIAL, (letter) => LETTERS[letter] as string)
    .replace(/[ァ-ヶ]/gu, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60));
}

/** The folded words of a text. */
export function foldedWords(text: string): string[] {
  return wordsOf(fold(text).replace(APOSTROPHES, '').replace(/&/gu, ' and '));
}

/** A name as it is compared from its beginning; one of emoji or punctuation alone stands for itself. */
export function foldedName(text: string, max: number): string {
  const name = foldedWords(text).join(' ') || fold(text).replace(/[\p{C}\s]+/gu, '');
  return cut(name, max);
}

/**
 * What a text is found by: its words, the parts of words with an apostrophe, compounds in one word (Spider-Man as
 * "spiderman"), and of scripts without spaces each two characters that follow each other.
 */
export function termsOf(text: string): string[] {
  const folded = fold(text);
  const compounds = (folded.match(COMPOUND) ?? []).map((compound) => compound.replace(/[^\p{L}\p{N}]/gu, ''));
  const words = [...foldedWords(text), ...wordsOf(folded.replace(APOSTROPHES, ' ')), ...compounds];
  return indexedParts(words);
}

/** Words as the terms that they are found by. */
export function indexedParts(words: readonly string[]): string[] {
  return [...new Set(words.flatMap(partsOf).map((term) => cut(term, MAX_TERM_LENGTH)))];
}

/** A word of a search as the terms that what it finds must have, each whole or as a beginning. */
export function searchedParts(word: string): string[] {
  return runsOf(word).flatMap((run) => {
    if (!UNSPACED.test(run)) return [cut(run, MAX_TERM_LENGTH)];
    const pairs = pairsOf(run);
    // The last character alone is the beginning of what was found already.
    return pairs.length > 1 ? pairs.slice(0, -1) : pairs;
  });
}

export const isUnspacedTerm = (term: string): boolean => UNSPACED.test(term);

const wordsOf = (folded: string): string[] => folded.match(/[\p{L}\p{N}]+/gu) ?? [];

const runsOf = (word: string): string[] => word.match(UNSPACED_RUN) ?? [];

function partsOf(word: string): string[] {
  const runs = runsOf(word);
  return runs.flatMap((run) => (UNSPACED.test(run) ? pairsOf(run) : run));
}

/** Each two characters that follow each other, and the last one alone. */
function pairsOf(run: string): string[] {
  const characters = [...run];
  return characters.map((character, n) => character + (characters[n + 1] ?? ''));
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : text.slice(0, max).replace(/[\uD800-\uDBFF]$/u, '');
}
