import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../../testing/harness.ts';
import { indexSidecars, parseSidecars } from './sidecar-files.ts';

/** The subtitles of `film` among these files. */
function subtitlesOf(film: string, paths: readonly string[], isOneFilms = true): string[] {
  const dir = temporaryDir();
  for (const path of paths) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), '');
  }
  const [names, below] = [
    paths.filter((path) => !path.includes('/')),
    paths.filter((path) => path.includes('/')),
  ];
  const folders = [...new Set(below.map((path) => path.split('/')[0]!))];
  return parseSidecars(indexSidecars({ dir, names, folders, onlyFilm: isOneFilms ? film : undefined })(film))
    .subtitles;
}

describe('the subtitles of a film', () => {
  it.each([
    'Film.srt',
    'film.EN.SRT',
    'Film.en.forced.srt',
    'Film_en.srt',
    'Film-en.srt',
    'Film (English).srt',
    'Film.cht.ass',
    'Subs/Film.en.srt',
    'Subs/English.srt',
    'Subs/2_English.srt',
    'Subs/Film/3_French.srt',
    'SUBS/Film_en.srt',
  ])('are %s', (path) => {
    expect(subtitlesOf('Film.mkv', [path])).toEqual([path]);
  });

  it.each([
    'Film 2.srt',
    'Film-Two.srt',
    'Filmed.srt',
    'Other.en.srt',
    'Subs/Other/2_English.srt',
    'Subs/notes.srt',
  ])('are not %s', (path) => {
    expect(subtitlesOf('Film.mkv', [path])).toEqual([]);
  });

  it('are not those without a name where there are several films', () => {
    expect(subtitlesOf('Film.mkv', ['Subs/English.srt', 'Subs/Film.en.srt'], false)).toEqual([
      'Subs/Film.en.srt',
    ]);
  });

  it('are at most fifty', () => {
    const many = Array.from({ length: 80 }, (_, n) => `Subs/${n}_English.srt`);
    expect(subtitlesOf('Film.mkv', many)).toHaveLength(50);
  });
});

it('movie.nfo is that of the one film in its folder, and gives way to one of its own', () => {
  const dir = temporaryDir();
  for (const name of ['movie.nfo', 'Film.nfo']) writeFileSync(join(dir, name), '');
  const nfoOf = (film: string, names: string[], onlyFilm?: string) =>
    parseSidecars(indexSidecars({ dir, names, onlyFilm })(film)).nfo?.name;
  expect(nfoOf('Film.mkv', ['movie.nfo'], 'Film.mkv')).toBe('movie.nfo');
  expect(nfoOf('Film.mkv', ['movie.nfo', 'Film.nfo'], 'Film.mkv')).toBe('Film.nfo');
  expect(nfoOf('Film-trailer.mkv', ['movie.nfo'], 'Film.mkv')).toBeUndefined();
  expect(nfoOf('Film.mkv', ['movie.nfo'])).toBeUndefined();
});
