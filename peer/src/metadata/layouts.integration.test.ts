// cspell:ignore episodedetails uniqueid showtitle Größe
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDir } from '../../testing/harness.ts';
import type { FileFacts } from '../library/types.ts';
import { type KnownFiles, walk } from '../scan/walk.ts';
import { describeOutside } from './outside.ts';
import { parseSidecars } from './sidecar-files.ts';

const NOTHING_KNOWN: KnownFiles = { inDirectory: () => [], directoriesBelow: () => [] };

/** A media folder with these files, as a walk finds its films. */
function films(files: Readonly<Record<string, string>>, start = '') {
  const root = temporaryDir();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return { root, ...walked(root, start) };
}

function walked(root: string, start: string) {
  const rules = { roots: [root], extensions: ['.mkv'], excludeDirs: [] };
  const found = new Map<string, FileFacts>();
  for (const event of walk(join(root, start), root, rules, NOTHING_KNOWN, { recursive: start === '' }))
    if (event.kind === 'found')
      found.set(join(event.file.dir, event.file.name).slice(root.length + 1), event.file);
  return {
    found,
    describe: (path: string) => describeOutside(found.get(path)!, [root]),
    pictures: (path: string) =>
      Object.fromEntries(
        (parseSidecars(found.get(path)!.sidecars).pictures ?? []).map(({ kind, name }) => [kind, name]),
      ),
  };
}

const MATRIX =
  '<movie><title>The Matrix</title><year>1999</year><uniqueid type="imdb">tt0133093</uniqueid></movie>';
const SHOW =
  '<tvshow><title>The Wire</title><premiered>2002-06-02</premiered><genre>Crime</genre><plot>Baltimore.</plot><uniqueid type="tvdb">79126</uniqueid></tvshow>';

describe('a film', () => {
  it.each(['Film.nfo', 'movie.nfo', 'Matrix.nfo', 'MOVIE.NFO'])('is described by %s', async (name) => {
    const { describe } = films({ 'Matrix/Film.mkv': '', [`Matrix/${name}`]: MATRIX });
    expect(await describe('Matrix/Film.mkv')).toMatchObject({
      title: 'The Matrix',
      kind: 'MOVIE',
      details: { externalIds: [{ provider: 'imdb', value: 'tt0133093' }] },
    });
  });

  it('has the ids that its name and its folder have, and those of its .nfo before them', async () => {
    const { describe } = films({
      'Alien (1979) {tmdb-348}/Alien (1979).mkv': '',
      'Heat (1995) [imdbid-tt0113277].mkv': '',
      'The Matrix (1999) {tmdb-1}/The Matrix (1999).mkv': '',
      'The Matrix (1999) {tmdb-1}/movie.nfo': `${MATRIX}\nhttps://www.themoviedb.org/movie/603`,
    });
    const ids = async (path: string) =>
      (await describe(path)).details?.externalIds.map(({ provider, value }) => `${provider} ${value}`);
    expect(await ids('Alien (1979) {tmdb-348}/Alien (1979).mkv')).toEqual(['tmdb 348']);
    expect(await ids('Heat (1995) [imdbid-tt0113277].mkv')).toEqual(['imdb tt0113277']);
    expect(await ids('The Matrix (1999) {tmdb-1}/The Matrix (1999).mkv')).toEqual([
      'imdb tt0133093',
      'tmdb 603',
    ]);
  });

  it('has its extras, by the name that its .nfo gives it', async () => {
    const folder = 'Matrix (1999)';
    const { describe } = films({
      [`${folder}/Matrix (1999).mkv`]: '',
      [`${folder}/Matrix (1999).nfo`]: MATRIX,
      [`${folder}/Matrix (1999)-trailer.mkv`]: '',
      [`${folder}/Extras/Making of.mkv`]: '',
      'Other (2000)-trailer.mkv': '',
    });
    const owner = { title: 'The Matrix', year: 1999, kind: 'MOVIE', externalIds: [{ value: 'tt0133093' }] };
    for (const name of ['Matrix (1999)-trailer.mkv', 'Extras/Making of.mkv'])
      expect(await describe(`${folder}/${name}`)).toMatchObject({
        kind: 'CLIP',
        details: { extraOf: owner },
      });
    expect((await describe('Other (2000)-trailer.mkv')).details?.extraOf).toMatchObject({
      title: 'Other',
      year: 2000,
    });
  });

  it('has the pictures that bear its name, and those without one where it is alone', () => {
    const { pictures } = films({
      'A (2000)/A (2000).mkv': '',
      'A (2000)/poster.jpg': '',
      'A (2000)/fanart.PNG': '',
      'A (2000)/landscape.webp': '',
      'A (2000)/notes.gif': '',
      'B/one.mkv': '',
      'B/two.mkv': '',
      'B/poster.jpg': '',
      'B/two-poster.jpg': '',
    });
    expect(pictures('A (2000)/A (2000).mkv')).toEqual({
      POSTER: 'poster.jpg',
      BACKDROP: 'fanart.PNG',
      THUMB: 'landscape.webp',
    });
    expect(pictures('B/one.mkv')).toEqual({});
    expect(pictures('B/two.mkv')).toEqual({ POSTER: 'two-poster.jpg' });
  });
});

describe('an episode', () => {
  const tree = {
    'Wire/tvshow.nfo': SHOW,
    'Wire/poster.jpg': '',
    'Wire/season01-poster.jpg': '',
    'Wire/season-specials-poster.jpg': '',
    'Wire/Season 1/season.nfo': '<season><title>The Detail</title></season>',
    'Wire/Season 1/S01E01-E02.mkv': '',
    'Wire/Season 1/S01E01-E02-thumb.jpg': '',
    'Wire/Season 1/S01E03.mkv': '',
    'Wire/Season 1/S01E03.nfo':
      '<episodedetails><title>The Buys</title><season>1</season><episode>3</episode><genre>Drama</genre></episodedetails>',
    'Wire/Season 2/05.mkv': '',
    'Wire/Specials/S00E01.mkv': '',
  };

  it('is of the show that tvshow.nfo names, whatever the folders are called', async () => {
    const { describe } = films(tree);
    const show = {
      title: 'The Wire',
      year: 2002,
      kind: 'EPISODE',
      details: {
        genres: ['Crime'],
        showPlot: 'Baltimore.',
        externalIds: [{ provider: 'tvdb', value: '79126', ofShow: true }],
      },
    };
    expect(await describe('Wire/Season 1/S01E01-E02.mkv')).toMatchObject({
      ...show,
      season: 1,
      episode: 1,
      details: { ...show.details, lastEpisode: 2, seasonTitle: 'The Detail' },
    });
    expect(await describe('Wire/Season 2/05.mkv')).toMatchObject({ ...show, season: 2, episode: 5 });
    expect(await describe('Wire/Season 1/S01E03.mkv')).toMatchObject({
      ...show,
      episode: 3,
      details: { ...show.details, episodeTitle: 'The Buys', genres: ['Drama'] },
    });
  });

  it('has the poster of its season, or its show, and a picture of its own', () => {
    const { pictures } = films(tree);
    expect(pictures('Wire/Season 1/S01E01-E02.mkv')).toEqual({
      POSTER: '../season01-poster.jpg',
      THUMB: 'S01E01-E02-thumb.jpg',
    });
    expect(pictures('Wire/Season 2/05.mkv')).toEqual({ POSTER: '../poster.jpg' });
    expect(pictures('Wire/Specials/S00E01.mkv')).toEqual({ POSTER: '../season-specials-poster.jpg' });
  });

  it('is looked at again when something changes in the folder of its show', () => {
    const { root } = films(tree);
    expect([...walked(root, 'Wire').found.keys()].sort()).toEqual(
      Object.keys(tree)
        .filter((path) => path.endsWith('.mkv'))
        .sort(),
    );
  });

  it('whose tvshow.nfo is broken is what names say, with the reason', async () => {
    const { describe } = films({ ...tree, 'Wire/tvshow.nfo': SHOW.replace('</tvshow>', '') });
    const { title, reasons, readings } = await describe('Wire/Season 2/05.mkv');
    expect(title).toBe('Wire');
    expect(readings).toMatchObject([{ problem: 'it is cut off: </tvshow> is missing' }]);
    expect(reasons.at(-1)).toContain('it is cut off');
  });
});

it('a link that leads out of the media folder is not followed, and an .nfo of any encoding is read', async () => {
  const outside = temporaryDir();
  writeFileSync(join(outside, 'secret.nfo'), MATRIX);
  const { root } = films({ 'Film (2000).mkv': '', 'Two (2001).mkv': '' });
  symlinkSync(join(outside, 'secret.nfo'), join(root, 'Film (2000).nfo'));
  const utf16 = Buffer.from(`\ufeff<movie><title>Second</title><plot>Größe</plot></movie>`, 'utf16le');
  writeFileSync(join(root, 'Two (2001).nfo'), utf16);
  const { describe } = walked(root, '');
  const film = await describe('Film (2000).mkv');
  expect(film).toMatchObject({
    title: 'Film',
    readings: [{ problem: expect.stringContaining('leads out of') }],
  });
  expect(await describe('Two (2001).mkv')).toMatchObject({ title: 'Second', details: { plot: 'Größe' } });
  rmSync(join(root, 'Two (2001).nfo'));
  expect((await walked(root, '').describe('Two (2001).mkv')).details).toBeUndefined();
});
