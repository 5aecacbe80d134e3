import type { SubtitleTrack } from '@giggityflix/proto/data-channel';
import { language } from '../../ui/format.ts';

/** A track as a viewer chooses it. */
export interface SubtitleChoice {
  /** The same for the same track of whichever peer. */
  key: string;
  label: string;
}

/** One choice for each track, in their order: those that say the same of themselves are numbered, and all can be chosen. */
export function toChoices(tracks: readonly SubtitleTrack[]): SubtitleChoice[] {
  const keys = countUp(tracks.map(keyOf));
  const labels = countUp(tracks.map(labelOf));
  return tracks.map((_, index) => {
    const { text: label, count } = labels[index]!;
    const key = keys[index]!;
    return { key: `${key.text} ${key.count}`, label: count === 1 ? label : `${label} ${count}` };
  });
}

function countUp(texts: readonly string[]): { text: string; count: number }[] {
  const counts = new Map<string, number>();
  return texts.map((text) => {
    const count = (counts.get(text) ?? 0) + 1;
    counts.set(text, count);
    return { text, count };
  });
}

function keyOf({ language: tag, name, forced, hearingImpaired }: SubtitleTrack): string {
  return JSON.stringify([tag, name, forced, hearingImpaired]);
}

function labelOf({ language: tag, name, forced, hearingImpaired, track }: SubtitleTrack): string {
  const notes = [forced && 'forced', hearingImpaired && 'for the hard of hearing'].filter(Boolean);
  const words = [language(tag), name].filter(Boolean).join(' – ') || `Track ${track + 1}`;
  return notes.length > 0 ? `${words} (${notes.join(', ')})` : words;
}
