// cspell:ignore tvshow uniqueid episodedetails
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { blackPng, startStack, type TestStack, writeNewFilm } from '@giggityflix/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

const WAIT = { timeout: 20_000, interval: 100 };
const QUERY = `query($filter: TitleFilter) { titles(first: 50, filter: $filter) { edges { node {
  name year kind season episode lastEpisode plot genres certification runtime premiered episodeTitle
  people { name role job } ratings { source value } externalIds { provider value ofShow }
  artwork { kind url } extras { name } extraOf { name } } } } }`;

let stack: TestStack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(async () => {
  await stack?.dispose();
});

// biome-ignore lint/suspicious/noExplicitAny: the shape is what the query asks for
async function titles(search: string): Promise<any[]> {
  const response = await fetch(`${stack.origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: QUERY, variables: { filter: { search } } }),
  });
  const { data, errors } = (await response.json()) as Awaited<ReturnType<TestStack['client']['request']>>;
  expect(errors).toBeUndefined();
  return data.titles.edges.map(({ node }: { node: object }) => node);
}

const movie = (plot: string) => `<movie><title>The Matrix</title><year>1999</year><plot>${plot}</plot>
  <genre>Action</genre><mpaa>R</mpaa><runtime>136</runtime><premiered>1999-03-31</premiered>
  <uniqueid type="imdb" default="true">tt0133093</uniqueid><rating>8.7</rating>
  <actor><name>Keanu Reeves</name><role>Neo</role></actor></movie>\nhttps://www.themoviedb.org/movie/603`;

function put(path: string, content: string | Buffer): void {
  const full = join(stack.mediaDir, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
}

function film(path: string): void {
  const full = join(stack.mediaDir, path);
  mkdirSync(dirname(full), { recursive: true });
  writeNewFilm(full);
}

it('a folder as media centres have it is shown whole, and follows what changes in it', {
  timeout: 90_000,
}, async () => {
  put('The Matrix (1999)/movie.nfo', movie('A hacker &lt;b&gt;learns&lt;/b&gt; the truth.'));
  put('The Matrix (1999)/poster.png', blackPng(20, 30));
  film('The Matrix (1999)/The Matrix (1999).mp4');
  film('The Matrix (1999)/The Matrix (1999)-trailer.mp4');
  put(
    'Wire/tvshow.nfo',
    '<tvshow><title>The Wire</title><year>2002</year><genre>Crime</genre><uniqueid type="tvdb">79126</uniqueid></tvshow>',
  );
  put('Wire/season01-poster.png', blackPng(20, 30));
  film('Wire/Season 1/S01E01-E02.mp4');

  await expect
    .poll(async () => (await titles('matrix')).map(({ name }) => name), WAIT)
    .toEqual(['The Matrix', 'The Matrix - Trailer']);
  const matrix = async () => (await titles('matrix')).find(({ kind }) => kind === 'MOVIE');
  await expect.poll(async () => (await matrix()).artwork[0]?.kind, WAIT).toBe('POSTER');
  expect(await matrix()).toMatchObject({
    year: 1999,
    plot: 'A hacker <b>learns</b> the truth.',
    genres: ['Action'],
    certification: 'R',
    runtime: 136,
    premiered: '1999-03-31',
    people: [{ name: 'Keanu Reeves', role: 'Neo', job: 'ACTOR' }],
    ratings: [{ source: null, value: 8.7 }],
    externalIds: [
      { provider: 'imdb', value: 'tt0133093', ofShow: false },
      { provider: 'tmdb', value: '603', ofShow: false },
    ],
    extras: [{ name: 'The Matrix - Trailer' }],
  });
  const poster = await fetch(`${stack.origin}${(await matrix()).artwork[0].url}`);
  expect(poster.headers.get('content-type')).toBe('image/jpeg');
  await expect
    .poll(async () => (await titles('wire'))[0], WAIT)
    .toMatchObject({
      name: 'The Wire',
      year: 2002,
      kind: 'EPISODE',
      season: 1,
      episode: 1,
      lastEpisode: 2,
      genres: ['Crime'],
      externalIds: [{ provider: 'tvdb', value: '79126', ofShow: true }],
    });

  await expect.poll(async () => (await titles('wire'))[0].artwork[0]?.kind, WAIT).toBe('POSTER');

  put('The Matrix (1999)/movie.nfo', movie('Another plot.'));
  await expect.poll(async () => (await matrix()).plot, WAIT).toBe('Another plot.');
  rmSync(join(stack.mediaDir, 'The Matrix (1999)/movie.nfo'));
  rmSync(join(stack.mediaDir, 'The Matrix (1999)/poster.png'));
  await expect.poll(async () => (await matrix()).plot, WAIT).toBeNull();
  await expect
    .poll(async () => (await matrix()).artwork.some(({ kind }: { kind: string }) => kind === 'POSTER'), WAIT)
    .toBe(false);
});
