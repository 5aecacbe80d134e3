/**
 * Text from peers, made fit to store and show: well-formed Unicode, without control characters and
 * direction overrides (which could make one name look like another), spaces collapsed, at most `max` characters.
 */
export function clean(text: string, max: number): string {
  const shown = text
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
    .replace(/ {2,}/g, ' ')
    .trim();
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
