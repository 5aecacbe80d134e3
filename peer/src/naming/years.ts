import { MAX_YEAR, MIN_YEAR } from '@giggityflix/proto/media-file';

export interface FoundYear {
  year: number;
  /** The name before the year and behind it. */
  before: string;
  after: string;
}

const BRACKETED = /[([{]\s*((?:1[89]|20|21)\d{2})(?:\s*[-–]\s*(?:\d{2,4})?)?\s*[)\]}]/gu;
const BARE = /(?<![\p{L}\p{N}.,'-])((?:18[7-9]|19\d|20\d)\d)(?![\p{L}\p{N}]|[-.]\d)/gu;
const LEADING = /^((?:18[7-9]|19\d|20\d)\d) - (?=\S)/u;
/** Films are announced this many years ahead; a later number is part of a name ("Blade Runner 2049"). */
const YEARS_AHEAD = 2;

/** The last year in brackets. */
export function bracketedYear(text: string): FoundYear | null {
  const found = [...text.matchAll(BRACKETED)].filter(([, year]) => isYear(Number(year))).at(-1);
  return found ? split(text, found) : null;
}

/** The last year without brackets that is not the name's first word. */
export function bareYear(text: string): FoundYear | null {
  const latest = new Date().getFullYear() + YEARS_AHEAD;
  const found = [...text.matchAll(BARE)].filter(
    ({ 1: year, index }) => /[\p{L}\p{N}]/u.test(text.slice(0, index)) && Number(year) <= latest,
  );
  const last = found.at(-1);
  return last ? split(text, last) : null;
}

/** "1993 - Jurassic Park" */
export function leadingYear(text: string): FoundYear | null {
  const found = LEADING.exec(text);
  if (!found) return null;
  return { year: Number(found[1]), before: text.slice(found[0].length), after: '' };
}

function split(text: string, found: RegExpExecArray | RegExpMatchArray): FoundYear {
  const start = found.index ?? 0;
  return {
    year: Number(found[1]),
    before: text.slice(0, start),
    after: text.slice(start + found[0].length),
  };
}

const isYear = (year: number) => year >= MIN_YEAR && year <= MAX_YEAR;
