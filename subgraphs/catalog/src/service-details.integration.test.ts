import { afterEach, beforeEach, expect, it } from 'vitest';
import { fileId, PNG, saying } from '../testing/events.ts';
import { type RunningCatalog, runCatalog } from '../testing/running-catalog.ts';

let running: RunningCatalog;
beforeEach(async () => {
  running = await runCatalog();
});
afterEach(() => running[Symbol.asyncDispose]());

const FIELDS = `id name year kind season episode lastEpisode episodeTitle plot tagline genres studios certification
  collection premiered runtime people { name role job } ratings { source value scale votes }
  externalIds { provider value ofShow } extraOf { name } extras { name kind } artwork { kind width }
  files { catalogId lastEpisode }`;
const TITLES = `query($filter: TitleFilter) { titles(first: 100, filter: $filter) { edges { node { ${FIELDS} } } } }`;

// biome-ignore lint/suspicious/noExplicitAny: the shape is what the query asks for
async function titles(filter: object = {}): Promise<any[]> {
  const { data, errors } = await running.query(TITLES, { filter });
  expect(errors).toBeUndefined();
  return data.titles.edges.map(({ node }: { node: object }) => node);
}

const imdb = (value: string) => [{ provider: 'imdb', value, of_show: false }];

it('what is said of a film is shown with it as text, and goes when its peer says nothing of it any more', async () => {
  const { details } = saying({
    plot: 'A <b>hacker</b>\u202e learns\n\nthe truth.',
    tagline: 'Free your mind',
    genres: ['Action', 'Action', 'Science Fiction'],
    studios: ['Village Roadshow'],
    people: [
      { name: 'Keanu Reeves', role: 'Neo', job: 'ACTOR' as const },
      { name: 'Jane Doe', role: null, job: 'DIRECTOR' as const },
    ],
    ratings: [
      { source: 'imdb', value: 8.7, scale: 10, votes: 2_000_000 },
      { source: 'odd', value: 99, scale: 10, votes: null },
    ],
    certification: 'R',
    collection: 'The Matrix Collection',
    external_ids: imdb('tt0133093'),
    premiered: '1999-03-31',
    runtime_minutes: 136,
  });
  await running.describe({ file: 1, title: 'The Matrix', year: 1999, details });
  await expect.poll(async () => (await titles())[0]?.plot).toBe('A <b>hacker</b> learns the truth.');
  expect(await titles()).toMatchObject([
    {
      tagline: 'Free your mind',
      genres: ['Action', 'Science Fiction'],
      people: [
        { name: 'Keanu Reeves', role: 'Neo', job: 'ACTOR' },
        { name: 'Jane Doe', role: null, job: 'DIRECTOR' },
      ],
      ratings: [{ source: 'imdb', value: 8.7, scale: 10, votes: 2_000_000 }],
      certification: 'R',
      collection: 'The Matrix Collection',
      externalIds: [{ provider: 'imdb', value: 'tt0133093', ofShow: false }],
      premiered: '1999-03-31',
      runtime: 136,
    },
  ]);
  const [{ id }] = await titles();
  await running.describe({ file: 1, title: 'The Matrix', year: 1999 });
  await expect.poll(async () => (await titles())[0]?.plot).toBeNull();
  expect((await titles())[0]).toMatchObject({ id, genres: [], people: [], externalIds: [] });
});

it('an extra is shown with its film, whichever comes first, and among all again when that is gone', async () => {
  const extraOf = { title: 'Film', year: 1999, kind: 'MOVIE' as const, external_ids: [] };
  await running.describe({
    file: 1,
    title: 'Film - Trailer',
    kind: 'CLIP',
    ...saying({ extra_of: extraOf }),
  });
  await expect.poll(() => titles({ extra: false })).toHaveLength(1);
  await running.describe({ file: 2, title: 'Film', year: 1999 });
  await expect
    .poll(async () => (await titles({ extra: false })).map(({ extras }) => extras))
    .toEqual([[{ name: 'Film - Trailer', kind: 'CLIP' }]]);
  expect(await titles({ extra: true })).toMatchObject([
    { name: 'Film - Trailer', extraOf: { name: 'Film' } },
  ]);
  await running.describe({ file: 2, title: 'Other', year: 1999 });
  await expect
    .poll(async () => (await titles({ extra: false })).map(({ name }) => name).sort())
    .toEqual(['Film - Trailer', 'Other']);
});

it('an extra of a whole show is shown with each of its episodes, whichever comes and goes', async () => {
  const show = { title: 'Show', year: 2005, kind: 'EPISODE' as const, season: 1 };
  const extraOf = { title: 'Show', year: 2005, kind: 'MOVIE' as const, external_ids: [] };
  await running.describe({
    file: 1,
    title: 'Show - Gag Reel',
    kind: 'CLIP',
    ...saying({ extra_of: extraOf }),
  });
  await running.describe({ file: 2, ...show, episode: 1 });
  await running.describe({ file: 3, ...show, episode: 2 });
  await running.describe({ file: 4, ...show, year: 1999, episode: 2 });
  await running.describe({
    file: 5,
    title: 'Show - Blooper',
    kind: 'CLIP',
    ...saying({ extra_of: extraOf }),
  });
  const shown = async () =>
    (await titles({ extra: false })).map(({ year, episode, extras }) => [
      year,
      episode,
      extras.map(({ name }: { name: string }) => name),
    ]);
  const both = ['Show - Blooper', 'Show - Gag Reel'];
  await expect.poll(shown).toEqual([
    [2005, 1, both],
    [1999, 2, []],
    [2005, 2, both],
  ]);
  await running.describe({ file: 2, title: 'Another', year: 2001 });
  await expect.poll(shown).toEqual([
    [2001, null, []],
    [1999, 2, []],
    [2005, 2, both],
  ]);
  await running.describe({ file: 3, title: 'Another', year: 2002 });
  await expect.poll(async () => (await titles({ extra: true })).length).toBe(0);
});

it('a file of several episodes is among the files of each, and gives its title a range', async () => {
  const show = { title: 'Show', kind: 'EPISODE' as const, season: 1 };
  await running.describe({ file: 1, ...show, episode: 2, ...saying({ last_episode: 3 }) });
  await running.describe({ file: 2, ...show, episode: 3 });
  await running.describe({ file: 3, ...show, episode: 4 });
  await expect
    .poll(async () =>
      (await titles()).map(({ episode, lastEpisode, files }) => [episode, lastEpisode, files.length]),
    )
    .toEqual([
      [2, 3, 1],
      [3, null, 2],
      [4, null, 1],
    ]);
  expect((await titles())[1].files[1]).toEqual({ catalogId: fileId(1), lastEpisode: 3 });
});

it('pictures are told apart, posters first, and one that is taken back is gone', async () => {
  await running.describe({ file: 1, title: 'Film' });
  const picture = (index: number, kind: 'POSTER' | undefined, data: string) =>
    running.bus.publish({
      topic: running.topics.artworkCaptured,
      key: fileId(1),
      value: {
        peer_id: 'peer',
        catalog_id: fileId(1),
        index,
        mime_type: 'image/png',
        width: 1,
        height: 1,
        at_seconds: 0,
        data,
        kind,
        timestamp: new Date().toISOString(),
      },
    });
  await picture(0, undefined, PNG.toString('base64'));
  await picture(20, 'POSTER', PNG.toString('base64'));
  const kinds = async () => (await titles())[0]?.artwork.map(({ kind }: { kind: string }) => kind);
  await expect.poll(kinds).toEqual(['POSTER', 'STILL']);
  await picture(20, undefined, '');
  await expect.poll(kinds).toEqual(['STILL']);
});

it('files that share an id are one title whatever their names, and namesakes with other ids are others', async () => {
  const by = (peer: string, file: number, title: string, id: string | null) =>
    running.describe({
      file,
      peer_id: peer,
      title,
      year: 1982,
      ...(id ? saying({ external_ids: imdb(id) }) : {}),
    });
  const shown = async () =>
    (await titles())
      .map(({ name, files }): [string, number[]] => [
        name,
        files.map(({ catalogId }: { catalogId: string }) => Number.parseInt(catalogId, 16)).sort(),
      ])
      .sort(([, [one = 0]], [, [other = 0]]) => one - other);
  await by('ann', 1, 'The Thing', null);
  await expect.poll(shown).toEqual([['The Thing', [1]]]);
  const [{ id }] = await titles();
  await by('bob', 2, 'The Thing', 'tt0084787');
  await by('cid', 3, 'Das Ding', 'tt0084787');
  await by('dan', 4, 'The Thing', 'tt9999999');
  await by('eve', 5, 'La Chose', 'tt9999999');
  await expect.poll(shown).toEqual([
    ['The Thing', [1, 2, 3]],
    ['The Thing', [4, 5]],
  ]);
  expect((await titles()).map((title) => title.id)).toContain(id);
  await by('cid', 3, 'Das Ding', null);
  await expect.poll(shown).toContainEqual(['Das Ding', [3]]);
});
