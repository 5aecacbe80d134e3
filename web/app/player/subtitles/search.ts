import type { Cue } from '@giggityflix/subtitles';

export interface FoundCue {
  startSeconds: number;
  text: string;
}

const MAX_FOUND = 50;

/** The cues with a phrase in them, whatever its case and accents; markup is no part of a text. */
export function searchCues(cues: readonly Cue[], phrase: string): FoundCue[] {
  const wanted = plain(phrase);
  if (wanted === '') return [];
  const found: FoundCue[] = [];
  for (const { startSeconds, text } of cues) {
    const words = textOf(text);
    if (plain(words).includes(wanted)) found.push({ startSeconds, text: words });
    if (found.length === MAX_FOUND) break;
  }
  return found;
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  nbsp: ' ',
  quot: '"',
  apos: "'",
};

function textOf(cueText: string): string {
  return cueText
    .replace(/<[^<>]*>/g, '')
    .replace(/&(?:#(\d{1,7})|([a-z]{2,6}));/g, (all, code?: string, name?: string) => {
      if (name !== undefined) return ENTITIES[name] ?? all;
      const point = Number(code);
      return point <= 0x10ffff ? String.fromCodePoint(point) : all;
    })
    .replace(/\s+/g, ' ')
    .trim();
}

function plain(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, ' ').trim();
}
