import type { SubtitleTrack } from '@giggityflix/proto/data-channel';
import { expect, it } from 'vitest';
import { firstChoice, toChoices } from './choices.ts';

const track = (number: number, words: Partial<SubtitleTrack>): SubtitleTrack => ({
  ...{ track: number, language: null, name: null, forced: false, hearingImpaired: false },
  ...words,
});

it('subtitles that are called alike are different choices', () => {
  const choices = toChoices([
    track(0, { language: 'en' }),
    track(1, { language: 'eng' }),
    track(2, { language: 'en' }),
    track(3, { language: 'en', hearingImpaired: true }),
    track(4, {}),
  ]);
  expect(choices.map(({ label }) => label)).toEqual([
    'English',
    'English 2',
    'English 3',
    'English (for the hard of hearing)',
    'Track 5',
  ]);
  expect(new Set(choices.map(({ key }) => key)).size).toBe(5);
});

it('a choice has the same key at a peer that has other subtitles as well', () => {
  const [english] = toChoices([track(0, { language: 'en' })]);
  const [, again] = toChoices([track(0, { language: 'de' }), track(1, { language: 'en' })]);
  expect(again!.key).toBe(english!.key);
});

it('a film begins with subtitles where it is heard in none of the viewer’s languages', () => {
  const tracks = [
    track(0, { language: 'jpn' }),
    track(1, { language: 'eng', hearingImpaired: true }),
    track(2, { language: 'eng', forced: true }),
    track(3, { language: 'en-GB' }),
  ];
  const first = (words: Partial<Parameters<typeof firstChoice>[1]>) =>
    firstChoice(tracks, { preferred: null, heard: 'jpn', languages: ['en'], ...words });
  expect(first({})).toBe(3);
  expect(first({ languages: ['de', 'fr'] })).toBe(-1);
  // What is said in other languages is all there is to read.
  expect(first({ heard: 'en-US' })).toBe(2);
  expect(first({ languages: ['ja'] })).toBe(-1);
  expect(first({ heard: null })).toBe(-1);
  expect(first({ heard: 'und' })).toBe(-1);
  expect(first({ preferred: '' })).toBe(-1);
  expect(first({ preferred: 'jpn', heard: 'eng' })).toBe(0);
});
