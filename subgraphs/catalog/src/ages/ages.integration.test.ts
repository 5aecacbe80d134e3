import { createLogger } from '@giggityflix/kernel';
import { openDatabase } from '@giggityflix/prisma';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileId, saying } from '../../testing/events.ts';
import { type RunningCatalog, runCatalog } from '../../testing/running-catalog.ts';

let running: RunningCatalog;
beforeEach(async () => {
  running = await runCatalog();
});
afterEach(() => running[Symbol.asyncDispose]());

const rated = (certification: string | null) => saying({ certification });
const FILE = 'query($id: ID!) { mediaFile(catalogId: $id) { title { id name certification minimumAge } } }';

async function title(file: number) {
  return (await running.query(FILE, { id: fileId(file) })).data.mediaFile?.title ?? null;
}
const age = async (file: number) => (await title(file))?.minimumAge;
const CORRECT = `mutation($input: CorrectTitleInput!) {
  correctTitle(input: $input) { error { code } file { title { minimumAge certification } } } }`;

/** Settled when a file that was described behind all others is there. */
async function taken(marker: number): Promise<void> {
  await running.describe({ file: marker, title: `Marker ${marker}` });
  await expect.poll(() => title(marker)).not.toBeNull();
}

describe('the least age of a title', () => {
  it('is what its certification says, and unknown without one', async () => {
    await running.describe({ file: 1, title: 'Film', ...rated('Rated PG-13 for action') });
    await running.describe({ file: 2, title: 'Other' });
    await running.describe({ file: 3, title: 'Odd', ...rated('what?') });
    await expect.poll(() => Promise.all([1, 2, 3].map(age))).toEqual([13, null, null]);
    await running.describe({ file: 1, title: 'Film', ...rated('US:R') });
    await expect.poll(() => age(1)).toBe(17);
  });

  it('is the strictest of its files and of the peers of a file', async () => {
    await running.describe({ file: 1, title: 'Film', peer_id: 'honest', ...rated('R') });
    for (const peer_id of ['eve', 'mallory', 'trudy']) {
      await running.describe({ file: 1, title: 'Film', peer_id, ...rated('G') });
      await running.describe({ file: 2, title: 'Film', peer_id, ...rated('TV-Y') });
    }
    await taken(9);
    expect([await age(1), await age(2)]).toEqual([17, 17]);
    for (const peer_id of ['eve', 'mallory', 'trudy'])
      await running.describe({ file: 1, title: 'Bambi', peer_id, ...rated('G') });
    await expect.poll(async () => (await title(1)).name).toBe('Bambi');
    expect(await age(1)).toBe(17);
  });

  it('is not known because a later peer says that the film is for all', async () => {
    await running.describe({ file: 1, title: 'Film', peer_id: 'honest' });
    await taken(8);
    await running.describe({ file: 1, title: 'Film', peer_id: 'eve', ...rated('G') });
    await running.describe({ file: 2, title: 'Film', peer_id: 'eve', ...rated('G') });
    await taken(9);
    expect([await age(1), await age(2)]).toEqual([null, null]);
  });

  it('is an operator’s where one says so, until that is taken back', async () => {
    await running.describe({ file: 1, title: 'Film', ...rated('R') });
    await running.describe({ file: 2, title: 'Film', ...rated('NC-17') });
    await expect.poll(() => age(2)).toBe(18);
    const input = { catalogId: fileId(1), name: 'Film', kind: 'MOVIE', certification: 'FSK 12' };
    expect((await running.query(CORRECT, { input })).data.correctTitle).toEqual({
      error: null,
      file: { title: { minimumAge: 12, certification: 'FSK 12' } },
    });
    expect(await age(2)).toBe(12);
    await running.query(
      'mutation($input: ClearTitleCorrectionInput!) { clearTitleCorrection(input: $input) { error { code } } }',
      {
        input: { catalogId: fileId(1) },
      },
    );
    expect(await age(1)).toBe(18);
    const { errors } = await running.query(CORRECT, { input: { ...input, certification: 'whatever' } });
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  it('of an episode without one is its show’s, and of an extra that of its film', async () => {
    const episode = (n: number) => ({ title: 'Show', kind: 'EPISODE' as const, season: 1, episode: n });
    const trailer = { extra_of: { title: 'Film', kind: 'MOVIE' as const, external_ids: [] } };
    await running.describe({ file: 1, ...episode(1) });
    await running.describe({ file: 2, ...episode(2), ...rated('TV-14') });
    await running.describe({ file: 3, ...episode(3) });
    await running.describe({ file: 4, title: 'Show of another', kind: 'EPISODE', season: 1, episode: 1 });
    await running.describe({ file: 5, title: 'Trailer', kind: 'CLIP', ...saying(trailer) });
    await running.describe({ file: 6, title: 'Film', ...rated('PG-13') });
    await expect.poll(() => Promise.all([1, 2, 3, 4, 5].map(age))).toEqual([14, 14, 14, null, 13]);
    await running.describe({ file: 6, title: 'Film', ...rated('R') });
    await running.describe({ file: 2, ...episode(2), ...rated('TV-MA') });
    await expect.poll(() => Promise.all([1, 2, 3, 4, 5].map(age))).toEqual([17, 17, 17, null, 17]);
    await running.describe({ file: 2, ...episode(2) });
    await expect.poll(() => age(1)).toBeNull();
  });
});

it('is found at the start for what a former version left', async () => {
  await running.describe({ file: 1, title: 'Film', ...rated('R') });
  await running.describe({ file: 2, title: 'Gone', peer_id: 'gone', ...rated('PG') });
  await expect.poll(() => age(2)).toBe(8);
  await using next = await (async () => {
    const { databaseUrl } = running;
    await running.catalog.stop();
    const logger = createLogger({ service: 'test', level: 'silent' });
    const { client, close } = await openDatabase({ url: databaseUrl, logger });
    await client.mediaFile.updateMany({ data: { ageRules: 0, statedAge: null } });
    await client.title.updateMany({ data: { ownAge: null, minimumAge: null } });
    await client.fileStatement.deleteMany({ where: { peerId: 'gone' } });
    await close();
    return runCatalog({ DATABASE_URL: databaseUrl });
  })();
  const ages = async () =>
    (await next.query('{ titles(first: 9) { edges { node { minimumAge } } } }')).data.titles.edges;
  await expect.poll(ages).toEqual([{ node: { minimumAge: 17 } }, { node: { minimumAge: 8 } }]);
});
