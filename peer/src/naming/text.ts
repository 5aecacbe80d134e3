import { visibleText } from '@giggityflix/kernel';

/** One line of what can be seen, without doubled blanks. */
export const clean = visibleText;

/** "S.W.A.T." and "S.H.I.E.L.D.": dots that are no spaces. */
const ACRONYM = /(?<![\p{L}\p{N}])(?:\p{Lu}\.){2,}(?:\p{Lu}(?=$|[ ._-]))?/gu;
/** Stands for a dot that stays one. */
const KEPT_DOT = '\u0001';

/** A name with spaces between its words, whether it was written with dots, underscores or spaces. */
export function spaced(name: string): string {
  const dots = name.match(/(?<=[^\s.])\.(?=[^\s.])/gu)?.length ?? 0;
  const spaces = name.match(/\s/gu)?.length ?? 0;
  let text = name.replaceAll('_', ' ');
  if (dots > spaces)
    text = text
      .replace(ACRONYM, (letters) => `${letters.replaceAll('.', KEPT_DOT)} `)
      .replaceAll('.', ' ')
      .replaceAll(KEPT_DOT, '.');
  return clean(text);
}

/** What is left between a title and what was cut off behind or before it. */
export function trimSeparators(text: string): string {
  let trimmed = clean(text);
  for (let before = ''; before !== trimmed; ) {
    before = trimmed;
    trimmed = trimmed
      .replace(/[\s_,;:+~|–—-]+$/u, '')
      .replace(/^[\s_,;:+~|–—.-]+/u, '')
      .replace(/[([{]\s*[)\]}]$/u, '')
      .replace(/[([{]+$/u, '')
      .trim();
  }
  return trimmed;
}

/** The words of a name, without case and punctuation: what two spellings of it share. */
export function foldName(name: string): string {
  return (
    name
      .normalize('NFKD')
      .replace(/\p{M}+/gu, '')
      .toLowerCase()
      .replace(/['’]/gu, '')
      .replace(/&/gu, ' and ')
      .match(/[\p{L}\p{N}]+/gu) ?? []
  ).join(' ');
}
