import { readFileSync } from 'node:fs';
import { buildSchema, getNamedType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fileId, PNG, saying } from '../../testing/events.ts';
import { as, statedAuthenticator } from '../../testing/people.ts';
import { type RunningCatalog, runCatalog } from '../../testing/running-catalog.ts';

const text = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');
const schema = buildSchema(
  `directive @link(url: String, import: [String]) on SCHEMA
   directive @key(fields: String) on OBJECT
   directive @shareable on OBJECT
   ${text.replace(/^extend schema.*$/m, '')}`,
);

let running: RunningCatalog;
/** Ids of titles by the number of their file. */
const titles = new Map<number, string>();

const FILM = {
  seen: 1,
  hidden: 2,
  unknown: 3,
  trailer: 4,
  elsewhere: 5,
  episode: 6,
  later: 7,
  mixed: 8,
} as const;
/** What a viewer with limits sees: kids' films in the library. */
const limits = { ratingLimit: 12, libraries: ['kids'] };
const VISIBLE: readonly number[] = [FILM.seen, FILM.trailer, FILM.episode];
const HIDDEN = Object.values(FILM).filter((file) => !VISIBLE.includes(file));

beforeAll(async () => {
  running = await runCatalog({}, { authenticator: statedAuthenticator });
  const ofFilm = { extra_of: { title: 'Secret', kind: 'MOVIE' as const, external_ids: [] } };
  const films = [
    { file: FILM.seen, title: 'Bambi', ...saying({ certification: 'G', plot: 'Seen' }) },
    { file: FILM.hidden, title: 'Secret', ...saying({ certification: 'R' }) },
    { file: FILM.unknown, title: 'Secret too' },
    {
      file: FILM.trailer,
      title: 'Trailer',
      kind: 'CLIP' as const,
      ...saying({ ...ofFilm, certification: 'G' }),
    },
    { file: FILM.elsewhere, title: 'Secret place', folder: 'Other', ...saying({ certification: 'G' }) },
    { file: FILM.mixed, title: 'Bambi', peer_id: 'stranger', ...saying({ certification: 'PG' }) },
    {
      file: FILM.episode,
      title: 'Show',
      kind: 'EPISODE' as const,
      season: 1,
      episode: 1,
      ...saying({ certification: 'TV-Y', last_episode: 2 }),
    },
    {
      file: FILM.later,
      title: 'Show',
      kind: 'EPISODE' as const,
      season: 1,
      episode: 2,
      ...saying({ certification: 'TV-MA' }),
    },
  ];
  for (const film of films) await running.describe({ folder: 'Films', ...film });
  for (const file of Object.values(FILM)) {
    const { topics, bus } = running;
    const value = {
      peer_id: file === FILM.mixed ? 'stranger' : 'peer',
      catalog_id: fileId(file),
      index: 0,
      mime_type: 'image/png',
      width: 1,
      height: 1,
      at_seconds: 0,
      data: PNG.toString('base64'),
      timestamp: new Date().toISOString(),
    };
    await bus.publish({ topic: topics.artworkCaptured, key: value.catalog_id, value });
  }
  await running.available([FILM.hidden, FILM.mixed]);
  for (const file of Object.values(FILM))
    await vi.waitFor(
      async () => {
        const { data } = await running.query(
          'query($id: ID!) { mediaFile(catalogId: $id) { title { id artwork { url } } } }',
          { id: fileId(file) },
        );
        titles.set(file, data.mediaFile?.title.id);
        expect(data.mediaFile?.title.artwork.length).toBeGreaterThan(0);
      },
      { timeout: 60_000, interval: 100 },
    );
  const input = { id: 'kids', name: 'Kids', folders: [{ peerId: 'peer', folder: 'Films' }] };
  const { errors } = await running.query(
    'mutation($input: SaveLibraryInput!) { saveLibrary(input: $input) { library { id } } }',
    { input },
  );
  expect(errors).toBeUndefined();
}, 120_000);
afterAll(() => running[Symbol.asyncDispose]());

const ask = (document: string, variables: object = {}) => running.query(document, variables, as(limits));

/** The answer says nothing of what is hidden. */
async function says(document: string, variables: object = {}): Promise<unknown> {
  const answer = await ask(document, variables);
  expect(answer.errors).toBeUndefined();
  const all = JSON.stringify(answer);
  for (const file of HIDDEN) {
    expect(all).not.toContain(fileId(file));
    if (file !== FILM.mixed) expect(all).not.toContain(titles.get(file));
  }
  expect(all).not.toContain('Secret');
  return answer.data;
}

const ALL = 'edges { cursor node { id name files { catalogId } } } totalCount pageInfo { hasNextPage }';
const representations = (entities: object[]) => ({ representations: entities });
const names = (data: unknown) =>
  (data as { titles: { edges: { node: { name: string } }[] } }).titles.edges.map(({ node }) => node.name);

/** Every field that leads to a title, a file or a picture, with what is asked of it. A new one must be put here. */
/** Each facet of all titles, by its name, its fields and what it counts. */
function facetsAre(facets: Record<string, [fields: string, counts: unknown]>) {
  const all = Object.entries(facets).map(([facet, [fields, counts]]) => [
    `TitleFacets.${facet}`,
    async () =>
      expect(await says(`{ titles(first: 1) { facets { ${facet} { ${fields} } } } }`)).toEqual({
        titles: { facets: { [facet]: counts } },
      }),
  ]);
  return {
    ...Object.fromEntries(all),
    'TitleConnection.facets': () => says('{ titles(first: 1) { facets { kinds { count } } } }'),
  };
}

const FIELDS: Record<string, () => Promise<unknown>> = {
  'Query.titles': async () => {
    expect(names(await says(`{ titles(first: 100) { ${ALL} } }`))).toEqual(['Bambi', 'Show', 'Trailer']);
    expect(names(await says(`{ titles(first: 9, filter: { search: "sec" }) { ${ALL} } }`))).toEqual([]);
    expect(
      names(await says(`{ titles(first: 9, filter: { search: "bam", kind: MOVIE }) { ${ALL} } }`)),
    ).toEqual(['Bambi']);
    // Another file of the title is available, which is not in the library.
    expect(names(await says(`{ titles(first: 9, filter: { available: true }) { ${ALL} } }`))).toEqual([]);
    expect(names(await says(`{ titles(first: 9, filter: { extra: true }) { ${ALL} } }`))).toEqual([]);
    expect(names(await says(`{ titles(first: 9, filter: { extra: false }) { ${ALL} } }`))).toHaveLength(3);
  },
  'TitleConnection.edges': async () => {
    const seen: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const data = (await says(
        `query($after: String) { titles(first: 1, after: $after) { edges { node { id name } } pageInfo { hasNextPage endCursor } } }`,
        { after },
      )) as { titles: { pageInfo: { hasNextPage: boolean; endCursor: string } } };
      seen.push(...names(data));
      more = data.titles.pageInfo.hasNextPage;
      after = data.titles.pageInfo.endCursor;
    }
    expect(seen).toEqual(['Bambi', 'Show', 'Trailer']);
    expect(await says('{ titles(first: 1) { totalCount } }')).toEqual({ titles: { totalCount: 3 } });
  },
  ...facetsAre({
    kinds: ['kind count', ['CLIP', 'EPISODE', 'MOVIE'].map((kind) => ({ kind, count: 1 }))],
    decades: ['decade count', [{ decade: null, count: 3 }]],
    availability: ['available unavailable', { available: 0, unavailable: 3 }],
    languages: ['language count', []],
  }),
  'TitleEdge.node': () => says(`{ titles(first: 100) { ${ALL} } }`),
  'Query.title': async () => {
    for (const file of HIDDEN.filter((each) => each !== FILM.mixed))
      expect(
        (await ask('query($id: ID!) { title(id: $id) { name } }', { id: titles.get(file) })).data,
      ).toEqual({ title: null });
    expect(await says('query($id: ID!) { title(id: $id) { name } }', { id: titles.get(FILM.seen) })).toEqual({
      title: { name: 'Bambi' },
    });
  },
  'Query.mediaFile': async () => {
    for (const file of HIDDEN)
      expect(
        (await ask('query($id: ID!) { mediaFile(catalogId: $id) { name } }', { id: fileId(file) })).data,
      ).toEqual({ mediaFile: null });
  },
  'Query._entities': async () => {
    const file = '... on MediaFile { name } ... on Title { name }';
    const entities = [
      ...[...HIDDEN].map((each) => ({ __typename: 'MediaFile', catalogId: fileId(each) })),
      ...HIDDEN.filter((each) => each !== FILM.mixed).map((each) => ({
        __typename: 'Title',
        id: titles.get(each),
      })),
    ];
    const { data } = await ask(
      `query($representations: [_Any!]!) { _entities(representations: $representations) { ${file} } }`,
      representations(entities),
    );
    expect(data._entities).toEqual(entities.map(() => null));
  },
  'Title.files': async () => {
    const data = await says('query($id: ID!) { title(id: $id) { plot files { catalogId } } }', {
      id: titles.get(FILM.seen),
    });
    expect(data).toEqual({ title: { plot: 'Seen', files: [{ catalogId: fileId(FILM.seen) }] } });
  },
  'Title.artwork': async () => {
    const data = (await says('query($id: ID!) { title(id: $id) { artwork { url } } }', {
      id: titles.get(FILM.seen),
    })) as { title: { artwork: { url: string }[] } };
    expect(data.title.artwork).toHaveLength(1);
    const { url } = running.catalog.address();
    const picture = await fetch(url + data.title.artwork[0]?.url);
    expect([picture.status, picture.headers.get('cache-control')]).toEqual([200, 'private, max-age=300']);
  },
  'Title.extraOf': async () => {
    const data = await says('query($id: ID!) { title(id: $id) { extraOf { id name } } }', {
      id: titles.get(FILM.trailer),
    });
    expect(data).toEqual({ title: { extraOf: null } });
  },
  'Title.extras': () => says('{ titles(first: 9) { edges { node { extras { id name } } } } }'),
  'MediaFile.title': () =>
    says('query($id: ID!) { mediaFile(catalogId: $id) { title { id name } } }', { id: fileId(FILM.seen) }),
  'Mutation.correctTitle': () =>
    refusesToCorrect('correctTitle', { name: 'Mine', kind: 'MOVIE', certification: 'G' }),
  'Mutation.clearTitleCorrection': () => refusesToCorrect('clearTitleCorrection', {}),
  'CorrectTitlePayload.file': () => refusesToCorrect('correctTitle', { name: 'Mine', kind: 'MOVIE' }),
};

async function refusesToCorrect(name: string, rest: object): Promise<void> {
  const type = name === 'correctTitle' ? 'CorrectTitleInput' : 'ClearTitleCorrectionInput';
  const { data } = await ask(
    `mutation($input: ${type}!) { ${name}(input: $input) { error { code } file { name } } }`,
    {
      input: { catalogId: fileId(FILM.hidden), ...rest },
    },
  );
  expect(data[name]).toEqual({ error: { code: 'UNKNOWN_FILE' }, file: null });
}

/** Types whose fields are facts of what they belong to, or of operators' libraries. */
const FACTS = new Set([
  'Person',
  'Rating',
  'ExternalId',
  'Chapter',
  'Marker',
  'MediaTrack',
  'FileHash',
  'PageInfo',
  'Artwork',
  'Library',
  'LibraryFolder',
  'CorrectTitleError',
]);
const LIBRARIES = new Set([
  'Query.libraries',
  'Mutation.saveLibrary',
  'Mutation.deleteLibrary',
  'SaveLibraryPayload.library',
  'DeleteLibraryPayload.deleted',
]);

it('every field that leads to a title, a file or a picture is asked below', () => {
  const leading: string[] = ['Query._entities'];
  const types = Object.values(schema.getTypeMap()).filter(
    (type) => isObjectType(type) && !type.name.startsWith('__'),
  );
  for (const type of types)
    if (isObjectType(type) && !FACTS.has(type.name))
      for (const field of Object.values(type.getFields())) {
        const to = getNamedType(field.type);
        const name = `${type.name}.${field.name}`;
        const leads = isObjectType(to) && (!FACTS.has(to.name) || to.name === 'Artwork');
        if (leads && !LIBRARIES.has(name)) leading.push(name);
      }
  expect(Object.keys(FIELDS).sort()).toEqual(leading.sort());
});

describe('someone who is limited finds nothing of what is hidden', () => {
  it.each(Object.keys(FIELDS))('by %s', async (field) => void (await FIELDS[field]!()));

  it('by the address of a picture, with their token or as their page shows it', async () => {
    const { url } = running.catalog.address();
    const status = async (path: string, authorization?: string) =>
      (await fetch(`${url}/artwork/${path}`, { headers: authorization ? { authorization } : {} })).status;
    for (const file of HIDDEN) {
      expect(await status(`${fileId(file)}/0`, as(limits))).toBe(404);
      expect(await status(`${fileId(file)}/0?age=12&libraries=kids`)).toBe(404);
    }
    expect(await status(`${fileId(FILM.seen)}/0?age=12&libraries=kids`, as(limits))).toBe(200);
    expect(await status(`${fileId(FILM.seen)}/0?age=12&libraries=`)).toBe(404);
    for (const odd of ['age=', 'age=12&age=99', 'libraries=KIDS', 'age=-1'])
      expect(await status(`${fileId(FILM.seen)}/0?${odd}`)).toBe(404);
    expect(await status(`${fileId(FILM.hidden)}/0`)).toBe(200);
  });
});

it('each limit holds by itself, and nothing is limited without one', async () => {
  const seen = async (some: Parameters<typeof as>[0]) =>
    names((await running.query(`{ titles(first: 100) { ${ALL} } }`, {}, as(some))).data);
  expect(await seen({})).toHaveLength(7);
  expect(await seen({ ratingLimit: 21 })).toEqual([
    'Bambi',
    'Secret',
    'Secret place',
    'Show',
    'Show',
    'Trailer',
  ]);
  expect(await seen({ ratingLimit: 0 })).toEqual(['Secret place', 'Show', 'Trailer']);
  expect(await seen({ libraries: ['kids'] })).toEqual([
    'Bambi',
    'Secret',
    'Secret too',
    'Show',
    'Show',
    'Trailer',
  ]);
  expect(await seen({ libraries: [] })).toEqual([]);
  expect(await seen({ libraries: ['other', 'kids'], ratingLimit: 8 })).toEqual(['Bambi', 'Show', 'Trailer']);
});

describe('POST /api/access/check', () => {
  const check = async (body: unknown) => {
    const answer = await fetch(`${running.catalog.address().url}/api/access/check`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as { allowed: string[] } };
  };
  const catalog_ids = [...Object.values(FILM), 99].map(fileId);

  it('answers which files are allowed, of which none is unknown', async () => {
    const limited = await check({
      catalog_ids: [...catalog_ids, 'x'],
      libraries: ['kids'],
      rating_limit: 12,
    });
    expect(limited.body.allowed.sort()).toEqual(VISIBLE.map(fileId).sort());
    expect((await check({ catalog_ids, libraries: null, rating_limit: null })).body).toEqual({
      allowed: catalog_ids,
    });
    expect((await check({ catalog_ids, libraries: [], rating_limit: null })).body).toEqual({ allowed: [] });
  });

  it.each([
    ...[
      '',
      '{',
      [],
      {},
      { catalog_ids: [] },
      { catalog_ids: [], libraries: null },
      { catalog_ids: [], rating_limit: 1 },
    ],
    ...[
      { catalog_ids: Array(501).fill('a'), libraries: null, rating_limit: 1 },
      { catalog_ids: [1], libraries: null, rating_limit: 1 },
    ],
    { catalog_ids: [], libraries: null, rating_limit: 1.5 },
  ])('refuses %j', async (body) => {
    expect((await check(body)).status).toBe(400);
  });
});

it('is for backends where these have tokens', async () => {
  await using other = await runCatalog({ SERVICE_TOKENS: 'a-token-of-a-backend-of-tests' });
  const status = async (headers: Record<string, string>) =>
    (
      await fetch(`${other.catalog.address().url}/api/access/check`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ catalog_ids: [], libraries: [], rating_limit: null }),
      })
    ).status;
  expect(await status({})).toBe(401);
  expect(await status({ authorization: 'Bearer another' })).toBe(401);
  expect(await status({ authorization: 'Bearer a-token-of-a-backend-of-tests' })).toBe(200);
});
