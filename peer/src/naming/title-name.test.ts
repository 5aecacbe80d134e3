// cspell:disable: names of all kinds
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clean } from './text.ts';
import { explainFileName, parseFileName } from './title-name.ts';

/**
 * Rows of path and answer ("title | year | S1E2 | KIND"); an answer that is missing is checked elsewhere. A third column
 * has what else the name says: the last of several episodes, ids, what an extra belongs to.
 */
const corpus = (file: string) =>
  readFileSync(join(import.meta.dirname, '../../testing/names', file), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t') as [string, string?, string?]);

function answer(path: string): string {
  const { title, year, season, episode, kind } = parseFileName(path);
  const numbers = episode === null ? '-' : `S${season}E${episode}`;
  return [title, year ?? '-', numbers, kind].join(' | ');
}

function further(path: string): string {
  const { lastEpisode, externalIds, extraOf } = explainFileName(path);
  return [
    ...(lastEpisode === null ? [] : [`to E${lastEpisode}`]),
    ...externalIds.map(({ provider, value, ofShow }) => `${provider} ${value}${ofShow ? ' of show' : ''}`),
    ...(extraOf ? [`extra of ${extraOf.title} (${extraOf.year})`] : []),
  ].join(', ');
}

const COMMON = corpus('common.tsv');

describe.each([
  { names: 'common names', rows: COMMON },
  { names: 'more names', rows: corpus('more.tsv') },
  { names: 'names that say more', rows: corpus('further.tsv') },
  { names: 'parts, events and languages', rows: corpus('parts-and-languages.tsv') },
])('of $names', ({ rows }) => {
  it.each(rows.filter(([, expected]) => expected !== undefined))('%s is %s', (path, expected, more) => {
    expect(answer(path)).toBe(expected);
    if (more !== undefined) expect(further(path)).toBe(more);
  });
});

describe('a name that says too little to be known by', () => {
  it('is a clip, or differs from every other', () => {
    const answers = COMMON.filter(([, expected]) => expected === undefined).map(([path]) => answer(path));
    expect(new Set(answers).size).toBe(answers.length);
    expect(answers.length).toBeGreaterThan(0);
  });
  it.each([
    'S01E01',
    'Making of',
    'movie',
    'IMG_0001',
    'cd1',
    'trailer',
    'Episode 4',
    '05',
    'Christmas 2019',
  ])('%s is a clip wherever it lies in folders that only sort', (name) => {
    for (const folders of ['', 'Videos/', 'Movies/2019/', 'Home Videos/Holidays/'])
      expect(parseFileName(`${folders}${name}.mp4`).kind, folders).toBe('CLIP');
  });
});

it.each([
  ['Show S01E01 cd1.avi', 'Show S01E01 cd2.avi'],
  ['Show.S01E01.pt1.mkv', 'Show.S01E01.pt2.mkv'],
  ['Show S01E01a.mkv', 'Show S01E01b.mkv'],
  ['Film (2010) - Part One.mkv', 'Film (2010) - Part Two.mkv'],
  ['Film (2010) [1-2].avi', 'Film (2010) [2-2].avi'],
  ['Film (2010) Side A.avi', 'Film (2010) Side B.avi'],
  ['Roland Garros (2022) - Finale.mkv', 'Roland Garros (2022) - Demi-finale.mkv'],
])('%s and %s are not one title', (one, other) => {
  expect(answer(one)).not.toBe(answer(other));
});

describe('a media folder', () => {
  it('is no evidence, and neither is what is above it', () => {
    expect(parseFileName('/srv/The Wire/Season 1/S01E01.mkv', '/srv/The Wire')).toMatchObject({
      kind: 'CLIP',
    });
    expect(parseFileName('/srv/Some Show/S01E01.mkv', '/srv/Some Show').kind).toBe('CLIP');
  });
  it('is, when its name is that of a film', () => {
    expect(parseFileName('/srv/Alien (1979)/movie.mkv', '/srv/Alien (1979)')).toMatchObject({
      title: 'Alien',
      year: 1979,
      kind: 'MOVIE',
    });
  });
});

it('an extra in the folder of a show is that of the show, as a file beside the episodes names it', () => {
  const show = { file: '../tvshow.nfo', title: 'The Show', year: 2005 };
  expect(explainFileName('the.show/Extras/Gag Reel.mkv', undefined, show)).toMatchObject({
    title: 'The Show - Gag Reel',
    kind: 'CLIP',
    extraOf: { title: 'The Show', year: 2005 },
  });
});

it('the reasons name the parts of the name that said so', () => {
  const { reasons } = explainFileName('Show Name (2005)/Season 01/06 - Title.mkv');
  expect(reasons).toEqual([
    'title from the folder "Show Name (2005)"',
    'year 2005 from "Show Name (2005)"',
    'season from the folder "Season 01"',
    'episode from "06"',
  ]);
  expect(explainFileName('Show S01E02-E04.mkv').reasons).toContain('the file goes on to episode 4');
});

it('a name of any kind gives a title of one line, and bounded numbers', () => {
  const part = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 80 }),
    fc.constantFrom(
      'S01E02',
      '(1999)',
      ' - 12',
      '1x02',
      '[Group]',
      '1080p',
      '2024.01.15',
      '-trailer',
      'cd2',
      'Season 1/',
    ),
  );
  const path = fc.array(part, { minLength: 1, maxLength: 8 }).map((parts) => `${parts.join('')}.mp4`);
  fc.assert(
    fc.property(path, (name) => {
      const { title, year, season, episode } = parseFileName(name);
      expect(title).not.toBe('');
      expect(title.length).toBeLessThanOrEqual(500);
      expect(title).toBe(clean(title));
      if (year !== null) expect(year).toBeGreaterThanOrEqual(1870);
      for (const number of [season, episode])
        if (number !== null) expect(Number.isInteger(number)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

it('no name takes long', () => {
  const hostile = [
    'a'.repeat(255),
    '((('.repeat(80),
    '[a] '.repeat(60),
    'S01E01-'.repeat(36),
    '1-1 '.repeat(60),
    'new old '.repeat(30),
    '. - '.repeat(60),
    '第1'.repeat(100),
  ];
  const begun = process.cpuUsage();
  for (const name of hostile) for (const folder of hostile) parseFileName(`${folder}/${folder}/${name}.mkv`);
  // A stated limit: 64 names of the longest kind in under two seconds of processor time.
  expect(process.cpuUsage(begun).user).toBeLessThan(2_000_000);
});
