import type { SubtitleTrack } from '@giggityflix/proto/data-channel';
import { language } from '../../ui/format.ts';
import { baseLanguage } from '../languages.ts';

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

/** What a viewer wants to read beside what they hear. */
export interface Reading {
  /** The language chosen last; empty when none was, on purpose; null where nothing was ever chosen. */
  preferred: string | null;
  /** The language that is heard; null where nobody knows. */
  heard: string | null;
  /** The viewer's, as ISO 639 codes, the best understood first. */
  languages: readonly string[];
}

/**
 * Which track a film begins with, or -1: the language chosen last, or one of the viewer's where the film is heard in none of
 * them; where it is, the forced ones of that language, which have what is said in others.
 */
export function firstChoice(
  tracks: readonly SubtitleTrack[],
  { preferred, heard, languages }: Reading,
): number {
  if (preferred === '') return -1;
  const find = (isWanted: (track: SubtitleTrack) => boolean) => tracks.findIndex(isWanted);
  if (preferred !== null) return find((track) => track.language === preferred && !track.forced);
  const spoken = baseLanguage(heard);
  if (spoken === null) return -1;
  const isIn = (tag: string) => (track: SubtitleTrack) => baseLanguage(track.language) === tag;
  if (languages.includes(spoken)) return find((track) => isIn(spoken)(track) && track.forced);
  for (const tag of languages) {
    const plain = find((track) => isIn(tag)(track) && !track.forced && !track.hearingImpaired);
    const any = plain >= 0 ? plain : find((track) => isIn(tag)(track) && !track.forced);
    if (any >= 0) return any;
  }
  return -1;
}
