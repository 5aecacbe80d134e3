import { visibleText } from '@giggityflix/kernel';

/** Text from peers, made fit to store and show, see {@link visibleText}: at most `max` characters. */
export function clean(text: string, max: number): string {
  const shown = visibleText(text);
  return shown.length <= max ? shown : shown.slice(0, max).toWellFormed().trimEnd();
}

/** {@link clean} for what may be missing: null instead of an empty text. */
export function cleanOrNull(text: string | null | undefined, max: number): string | null {
  return clean(text ?? '', max) || null;
}

/** The words of a text, without case, accents and punctuation: what two spellings of a name share. */
export function words(text: string): string[] {
  return (
    text
      .normalize('NFKD')
      .replace(/\p{M}+/gu, '')
      .toLowerCase()
      .replace(/['’]/g, '')
      .replace(/&/g, ' and ')
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}
