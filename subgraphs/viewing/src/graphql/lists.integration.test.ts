import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isLimited } from '@giggityflix/http';
import fc from 'fast-check';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MEDIA_FILE, type RunningViewing, startViewing } from '../../testing/harness.ts';

const { publicKey, privateKey } = await generateKeyPair('EdDSA');
const folder = mkdtempSync(join(tmpdir(), 'viewing-lists-'));
const KIM = '019a3f64-7a7c-7000-8000-000000000001';
const NOT_FOR_KIDS = 'f'.repeat(64);
let viewing: RunningViewing;

beforeAll(async () => {
  const jwks = join(folder, 'jwks.json');
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'EdDSA' }];
  writeFileSync(jwks, JSON.stringify({ keys }));
  viewing = await startViewing(
    { AUTH_MODE: 'jwt', AUTH_JWKS_URL: pathToFileURL(jwks).href },
    {
      // That of the service itself.
      history: undefined,
      checks: {
        allowed: async (ids, limits) =>
          new Set(ids.filter((id) => !isLimited(limits) || id !== NOT_FOR_KIDS)),
        close: async () => {},
      },
    },
  );
});
afterAll(async () => {
  await viewing?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function signedIn(sub: string, claims: JWTPayload = {}) {
  const token = await new SignJWT({
    iss: 'giggityflix',
    aud: 'giggityflix',
    sub,
    roles: ['viewer'],
    ...claims,
  })
    .setProtectedHeader({ alg: 'EdDSA', kid: 'one' })
    .setExpirationTime('5m')
    .sign(privateKey);
  const headers = { authorization: `Bearer ${token}` };
  const ask = (query: string, variables: Record<string, unknown> = {}) =>
    viewing.graphql(query, variables, headers);
  return {
    ask,
    codeOf: async (query: string, variables?: Record<string, unknown>) =>
      (await ask(query, variables)).errors?.[0]?.extensions.code,
    add: (catalogId: string, profileId?: string) =>
      ask('mutation M($c: ID!, $p: ID) { addToWatchlist(catalogId: $c, profileId: $p) { keptCatalogIds } }', {
        c: catalogId,
        p: profileId,
      }),
    async list(profileId?: string) {
      const { data } = await ask(LIST, { p: profileId });
      return data.watchlist.edges.map(({ node }: { node: { catalogId: string } }) => node.catalogId);
    },
  };
}

const LIST = `query Q($first: Int, $after: String, $p: ID) {
  watchlist(first: $first, after: $after, profileId: $p) {
    edges { cursor addedAt node { catalogId file { catalogId } } }
    pageInfo { hasNextPage endCursor }
  }
}`;
const MARK = `mutation M($ids: [ID!]!, $watched: Boolean!, $p: ID) {
  markWatched(catalogIds: $ids, watched: $watched, profileId: $p) { progress { catalogId completed } }
}`;
const idOf = (letter: string) => letter.repeat(64);

describe('the watchlist', () => {
  it('is read page by page, the latest first', async () => {
    const anna = await signedIn('anna');
    for (const letter of ['a', 'b', 'c', 'b']) await anna.add(idOf(letter));
    expect(await anna.list()).toEqual([idOf('c'), idOf('b'), idOf('a')]);
    const { data } = await anna.ask(LIST, { first: 2 });
    const { edges, pageInfo } = data.watchlist;
    expect(edges[0]).toMatchObject({ node: { file: { catalogId: idOf('c') } } });
    expect(pageInfo).toEqual({ hasNextPage: true, endCursor: edges[1].cursor });
    const rest = (await anna.ask(LIST, { first: 2, after: pageInfo.endCursor })).data.watchlist;
    expect(rest).toMatchObject({
      edges: [{ node: { catalogId: idOf('a') } }],
      pageInfo: { hasNextPage: false },
    });
    const removed = await anna.ask(
      'mutation { removeFromWatchlist(catalogIds: ["x", "a"]) { keptCatalogIds } }',
    );
    expect(removed).toEqual({ data: { removeFromWatchlist: { keptCatalogIds: [] } } });
    expect(await anna.list()).toHaveLength(3);
  });

  it('is shown with the titles, by whichever of their files', async () => {
    const ben = await signedIn('ben');
    await ben.add(idOf('a'), 'p1');
    await ben.add(idOf('b'));
    const titles = [['t1', 'c', 'a'], ['t2', 'b'], ['t3']].map(([id, ...letters]) => ({
      __typename: 'Title',
      id,
      files: letters.map((letter) => ({ __typename: 'MediaFile', catalogId: idOf(letter) })),
    }));
    const kept = async (who: { ask: typeof ben.ask }, profile: string) => {
      const { data } = await who.ask(
        `query Q($r: [_Any!]!) { _entities(representations: $r) { ... on Title { isInWatchlist${profile} } } }`,
        { r: titles },
      );
      return data._entities.map(({ isInWatchlist }: { isInWatchlist: boolean }) => isInWatchlist);
    };
    // As the list itself, of what was kept for no profile.
    expect(await kept(ben, '')).toEqual([false, true, false]);
    expect(await kept(ben, '(profileId: "p1")')).toEqual([true, false, false]);
    expect(await kept(ben, '(profileId: "p2")')).toEqual([false, false, false]);
    expect(await kept(await signedIn('eve'), '')).toEqual([false, false, false]);
    expect(await kept({ ask: (...given) => viewing.graphql(...given) }, '')).toEqual([null, null, null]);
  });

  it('is that of the profile the token names, and of no other', async () => {
    const parent = await signedIn('house');
    const kim = await signedIn('house', { profile_id: KIM });
    await kim.add(idOf('a'));
    await parent.add(idOf('b'));
    expect([await kim.list(), await parent.list(), await parent.list(KIM)]).toEqual([
      [idOf('a')],
      [idOf('b')],
      [idOf('a')],
    ]);
    expect(await kim.codeOf(LIST, { p: 'other' })).toBe('FORBIDDEN');
    expect((await kim.add(idOf('c'), 'other')).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    expect(await kim.codeOf(MARK, { ids: [idOf('a')], watched: true, p: 'other' })).toBe('FORBIDDEN');
    expect(await parent.list('other')).toEqual([]);
  });

  it('leaves out what is not for the eyes of a profile, and leads on behind it', async () => {
    const kim = await signedIn('limited', { profile_id: KIM, rating_limit: 6 });
    for (const id of [idOf('a'), NOT_FOR_KIDS, idOf('b')]) await kim.add(id);
    expect(await kim.list()).toEqual([idOf('b'), idOf('a')]);
    const { data } = await kim.ask(LIST, { first: 2 });
    expect(data.watchlist.edges).toHaveLength(1);
    const next = await kim.ask(LIST, { first: 2, after: data.watchlist.pageInfo.endCursor });
    expect(next.data.watchlist.edges).toMatchObject([{ node: { catalogId: idOf('a') } }]);
    const marked = await kim.ask(MARK, { ids: [idOf('a'), NOT_FOR_KIDS], watched: true });
    expect(marked.data.markWatched.progress).toEqual([{ catalogId: idOf('a'), completed: true }]);
  });

  it('is for people who signed in alone', async () => {
    const codes = [LIST, `mutation { addToWatchlist(catalogId: "a") { keptCatalogIds } }`].map(
      async (query) => (await viewing.graphql(query)).errors?.[0]?.extensions.code,
    );
    expect(await Promise.all(codes)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
  });
});

describe('what is watched on', () => {
  it('loses what someone takes out of it or marks as watched', async () => {
    const { ask } = await signedIn('viewer', { profile_id: KIM });
    const watchedOn = async () =>
      (await ask('{ continueWatching { catalogId } }')).data.continueWatching.length;
    const created = await ask(
      `mutation M($input: CreatePlaybackSessionInput!) { createPlaybackSession(input: $input) {
        ... on PlaybackSessionCreated { session { id } } } }`,
      { input: { catalogId: MEDIA_FILE, deviceId: 'tv' } },
    );
    const beat = (positionSeconds: number) =>
      ask(
        'mutation M($id: ID!, $at: Float!) { playbackHeartbeat(sessionId: $id, positionSeconds: $at) { session { id } } }',
        {
          id: created.data.createPlaybackSession.session.id,
          at: positionSeconds,
        },
      );
    await beat(30);
    await expect.poll(watchedOn).toBe(1);
    const hidden = await ask(
      'mutation M($ids: [ID!]!) { removeFromContinueWatching(catalogIds: $ids) { progress { positionSeconds } } }',
      { ids: [MEDIA_FILE] },
    );
    expect(hidden.data.removeFromContinueWatching.progress).toEqual([{ positionSeconds: 30 }]);
    expect(await watchedOn()).toBe(0);
    await beat(40);
    await expect.poll(watchedOn).toBe(1);
    const marked = await ask(MARK, { ids: [MEDIA_FILE], watched: true });
    expect(marked.data.markWatched.progress).toEqual([{ catalogId: MEDIA_FILE, completed: true }]);
    expect(await watchedOn()).toBe(0);
    const unmarked = await ask(MARK, { ids: [MEDIA_FILE], watched: false });
    expect(unmarked.data.markWatched.progress).toEqual([]);
  });
});

describe('bad input', () => {
  it.each([
    ['a page of none', LIST, { first: 0 }],
    ['a page of too many', LIST, { first: 101 }],
    ['no ids', MARK, { ids: [], watched: true }],
    ['too many ids', MARK, { ids: Array.from({ length: 101 }, (_, n) => `${n}`), watched: true }],
    ['an id that is none', MARK, { ids: ['a b'], watched: true }],
    ['a profile that is none', LIST, { p: 'a b' }],
  ])('%s is refused', async (_, query, variables) => {
    const { codeOf } = await signedIn('bad');
    expect(await codeOf(query, variables)).toBe('BAD_USER_INPUT');
  });

  it('in a cursor is refused, whatever it holds', async () => {
    const { codeOf } = await signedIn('bad');
    const made = fc.oneof(
      fc.string(),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
      fc
        .tuple(fc.string(), fc.string())
        .map((pair) => Buffer.from(JSON.stringify(pair)).toString('base64url')),
    );
    await fc.assert(
      fc.asyncProperty(made, async (after) => {
        expect(await codeOf(LIST, { after })).toBe('BAD_USER_INPUT');
      }),
      { numRuns: 50 },
    );
  });
});
