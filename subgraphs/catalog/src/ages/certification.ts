// cspell:disable: labels in many languages
import { AMBIGUOUS, BOARDS, type Board, MAX_AGE, STRICTEST } from './boards.ts';

/** Longest certification that is looked at, in characters. */
const MAX_LENGTH = 500;

const BY_NAME = new Map(BOARDS.flatMap((board) => board.names.map((name) => [keyOf(name), board] as const)));

/** What separates the certifications of several boards: a slash only between spaces, or before another board's name. */
const SEPARATOR = /[,;|]|\s\/\s|\/(?=\s*[\p{L} .]{2,30}:)/u;

/**
 * The age from which a title may be watched, as its certification says: "PG-13", "Rated R for violence", "DE:FSK 12", "US:PG-13 /
 * UK:15". Of several the greatest; null where none is known.
 */
export function leastAge(certification: string | null | undefined): number | null {
  if (!certification || certification.length > MAX_LENGTH) return null;
  const ages = certification
    .normalize('NFKC')
    .split(SEPARATOR)
    .map(ageOf)
    .filter((age) => age !== null);
  return ages.length === 0 ? null : Math.max(...ages);
}

/** The greater of two ages; one that is not known is less than any. */
export function stricter(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}

function ageOf(text: string): number | null {
  const [, before, after] = /^([^:]*):(.*)$/su.exec(text) ?? [];
  if (before === undefined || after === undefined) return ageWithoutCountry(text);
  const named = BY_NAME.get(keyOf(before));
  const label = withoutBoard(after).label;
  return ageAt(named ?? withoutBoard(after).board ?? null, label);
}

function ageWithoutCountry(text: string): number | null {
  const { board, label } = withoutBoard(text);
  return board ? ageAt(board, label) : ageAtAny(label);
}

/** A label, and the board that is named before it, such as "FSK 12". */
function withoutBoard(text: string): { board: Board | null; label: string } {
  const label = plain(text);
  const [, first = '', rest = ''] = /^(\p{L}{3,})[\s_-]*(\S.*)$/u.exec(label) ?? [];
  const board = BY_NAME.get(keyOf(first));
  return board ? { board, label: rest } : { board: null, label };
}

/** Without what stands around a label: "Rated", and why it was given. */
function plain(text: string): string {
  return text
    .trim()
    .replace(/^(?:film\s+)?rated\s+/iu, '')
    .replace(/\s+(?:for|due to|because)\s.*$/isu, '')
    .replace(/\s+-\s.*$/su, '')
    .replace(/\s*\(.*$/su, '')
    .trim();
}

function ageAt(board: Board | null, label: string): number | null {
  const key = keyOf(label);
  if (board && Object.hasOwn(board.ages, key)) return board.ages[key] as number;
  return numberIn(label);
}

function ageAtAny(label: string): number | null {
  const key = keyOf(label);
  if (AMBIGUOUS.has(key)) return null;
  if (Object.hasOwn(STRICTEST, key)) return STRICTEST[key] as number;
  for (const { ages } of BOARDS) if (Object.hasOwn(ages, key)) return ages[key] as number;
  return numberIn(label);
}

/** Words in which boards put an age. */
const NUMBER =
  /^(?:(?:ages?|from|over|ab|freigegeben ab|vanaf|från|desde|a partir de|no recomendad[ao] (?:para|a) (?:los )?menores de|interdit aux(?: moins)? de|(?:moins|menores|unter) de|fsk)\s*)*[-+]?\s*(\d{1,2})\s*(?:\+|(?:and|or) (?:over|up|older)|years?(?: and (?:over|up))?|jahre?n?(?: freigegeben)?|freigegeben|ans|anos|años|anni|jaar|år|세\s*(?:이상)?\s*(?:관람가)?|歳以上)?$/iu;

/** The age that a label is, such as "12", "16+", "ab 12 Jahren" or "12세이상관람가". */
function numberIn(label: string): number | null {
  const digits = NUMBER.exec(label.trim())?.[1];
  if (digits === undefined) return null;
  const age = Number(digits);
  return age <= MAX_AGE ? age : null;
}

/** Letters and digits in capitals, without accents: what the spellings of one label share. */
function keyOf(label: string): string {
  return label
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')
    .normalize('NFC');
}
