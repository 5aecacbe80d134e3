/** Words with so many letters may have two mistakes, shorter ones one; they have enough parts to be found by those. */
const LONG_WORD = 8;
/** A word may be a long one with a letter missing. */
const MAY_BE_LONG = LONG_WORD - 1;
/**
 * Words that are known, at most: those of some hundred thousand titles. Beyond it the words of further titles are found spelt
 * right alone, until those that are in no title any more have been removed; those written meanwhile, until they change.
 */
export const MAX_KNOWN_WORDS = 200_000;

export const maxMistakes = (word: string): number => ([...word].length >= LONG_WORD ? 2 : 1);

/** Whether a word is to be looked for by its parts. */
export const mayBeLong = (word: string): boolean => [...word].length >= MAY_BE_LONG;

/** What a word is kept by, so that a misspelt one leads to it: nothing for long words, which are found by their parts. */
export function keptVariantsOf(word: string): string[] {
  return [...word].length < LONG_WORD ? variantsOf(word) : [];
}

/** A word, and what is left of it without one letter: two words that differ by one mistake share one of these. */
export function variantsOf(word: string): string[] {
  const letters = [...word];
  return [...new Set([word, ...letters.map((_, n) => letters.toSpliced(n, 1).join(''))])];
}

/** Those of the candidates that `word` may have been meant to be, the most alike first. */
export function likely(word: string, candidates: Iterable<string>, max: number): string[] {
  const limit = maxMistakes(word);
  return [...new Set(candidates)]
    .map((candidate) => ({ candidate, mistakes: mistakesBetween(word, candidate, limit) }))
    .filter(({ mistakes }) => mistakes <= limit)
    .sort((one, other) => one.mistakes - other.mistakes || (one.candidate < other.candidate ? -1 : 1))
    .slice(0, max)
    .map(({ candidate }) => candidate);
}

/**
 * Letters that are missing, too many, wrong or swapped with their neighbour (optimal string alignment); some number above
 * `limit` where there are more than that.
 */
export function mistakesBetween(one: string, other: string, limit: number): number {
  const [a, b] = [[...one], [...other]];
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const isEqual = a[row - 1] === b[column - 1];
      let least = Math.min(
        (last[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (last[column - 1] as number) + (isEqual ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        least = Math.min(least, (beforeLast[column - 2] as number) + 1);
      current.push(least);
    }
    if (Math.min(...current) > limit) return limit + 1;
    beforeLast = last;
    last = current;
  }
  return last[b.length] as number;
}
