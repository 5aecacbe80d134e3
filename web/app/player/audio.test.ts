import type { AudioTrack } from '@giggityflix/proto/data-channel';
import { expect, it, vi } from 'vitest';
import { audioOptions, defaultTrack, preferredTrack, trackToAskFor } from './audio.ts';

// Names of languages are the browser's, in its own language.
vi.hoisted(() => vi.stubGlobal('navigator', { languages: ['en'] }));

const plain: Omit<AudioTrack, 'track'> = {
  language: null,
  name: null,
  codec: 'aac',
  channels: 2,
  default: false,
  commentary: false,
  audioDescription: false,
};
const tracksOf = (...described: Partial<AudioTrack>[]) =>
  described.map((one, track) => ({ ...plain, track, ...one }));
const labels = (...described: Partial<AudioTrack>[]) =>
  audioOptions(tracksOf(...described)).map(({ label }) => label);

it('names tracks by language, by what their makers called them, and by what they are for', () => {
  expect(
    labels(
      { language: 'deu' },
      { language: 'pt-BR', name: 'Dub of 1984' },
      { language: 'eng', commentary: true },
      { language: 'eng', audioDescription: true },
      { name: 'Effects alone' },
      {},
    ),
  ).toEqual([
    'German',
    'Brazilian Portuguese – Dub of 1984',
    'English (commentary)',
    'English (with audio description)',
    'Effects alone',
    'Track 6',
  ]);
});

it('distinguishes tracks of the same name by their format', () => {
  expect(
    labels(
      { language: 'eng', codec: 'truehd', channels: 8 },
      { language: 'eng', codec: 'ac3', channels: 6 },
      { language: 'eng', codec: null, channels: 3 },
      { language: 'fra' },
    ),
  ).toEqual(['English, Dolby TrueHD, 7.1', 'English, Dolby Digital, 5.1', 'English, 3 channels', 'French']);
});

it('asks for the default track only where browsers may play another one by themselves', () => {
  const usual = tracksOf({ default: true }, {});
  expect([0, 1].map((track) => trackToAskFor(usual, track))).toEqual([null, 1]);
  const odd = tracksOf({}, { default: true });
  expect([0, 1].map((track) => trackToAskFor(odd, track))).toEqual([0, 1]);
  expect([usual, odd, []].map(defaultTrack)).toEqual([0, 1, null]);
});

it('begins with the first of the viewer’s languages that the film has, and with no commentary', () => {
  const film = tracksOf(
    { language: 'eng', commentary: true, default: true },
    { language: 'jpn' },
    { language: 'deu', audioDescription: true },
    { language: 'de-AT' },
    { language: 'de', default: true },
  );
  const preferred = (...languages: string[]) => preferredTrack(film, languages);
  expect(preferred('de', 'en')).toBe(4);
  expect(preferred('ja')).toBe(1);
  // English is heard in the commentary alone.
  expect(preferred('en')).toBe(4);
  expect(preferredTrack(tracksOf({ language: 'und' }, { language: 'not a tag' }), ['de'])).toBe(0);
  expect(preferredTrack(tracksOf({ commentary: true }), ['de'])).toBeNull();
  expect(preferredTrack([], ['de'])).toBeNull();
});
