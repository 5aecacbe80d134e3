import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileId } from '../../testing/events.ts';
import { type RunningCatalog, runCatalog } from '../../testing/running-catalog.ts';

const CORRECT = `mutation($input: CorrectTitleInput!) {
  correctTitle(input: $input) { file { title { name year } } error { code } } }`;
const CLEAR = `mutation($input: ClearTitleCorrectionInput!) {
  clearTitleCorrection(input: $input) { file { title { name } } error { code } } }`;
const film = { catalogId: fileId(1), name: 'The Matrix', year: 1999, kind: 'MOVIE' };

let running: RunningCatalog;
beforeEach(async () => {
  running = await runCatalog();
  await running.describe({ file: 1, title: 'the matrix' });
  await expect.poll(names).toEqual(['the matrix']);
});
afterEach(() => running[Symbol.asyncDispose]());

async function names(): Promise<string[]> {
  const { data } = await running.query(
    '{ titles(first: 100) { edges { node { name files { catalogId } } } } }',
  );
  return data.titles.edges.map(({ node }: { node: { name: string } }) => node.name);
}

describe('an operator’s correction', () => {
  it('is the title whatever peers say, until it is cleared', async () => {
    const { data } = await running.query(CORRECT, { input: film });
    expect(data.correctTitle).toEqual({ file: { title: { name: 'The Matrix', year: 1999 } }, error: null });
    expect(await names()).toEqual(['The Matrix']);
    for (const peer_id of ['peer', 'b', 'c']) await running.describe({ file: 1, title: 'Defaced', peer_id });
    await running.describe({ file: 2, title: 'Other' });
    await expect.poll(names).toEqual(['The Matrix', 'Other']);
    const cleared = await running.query(CLEAR, { input: { catalogId: fileId(1) } });
    expect(cleared.data.clearTitleCorrection).toEqual({ file: { title: { name: 'Defaced' } }, error: null });
    expect(await names()).toEqual(['Defaced', 'Other']);
  });

  it('changes the spelling of a title, too', async () => {
    const input = { catalogId: fileId(1), name: 'THE MATRIX!', kind: 'MOVIE' };
    await running.query(CORRECT, { input });
    expect(await names()).toEqual(['THE MATRIX!']);
    await running.query(CLEAR, { input: { catalogId: fileId(1) } });
    expect(await names()).toEqual(['the matrix']);
  });

  it('stays while nobody holds the file', async () => {
    await running.query(CORRECT, { input: film });
    await running.announce('peer', [], { is_full_update: true });
    await running.describe({ file: 2, title: 'Other' });
    await expect.poll(names).toEqual(['The Matrix', 'Other']);
    await running.query(CLEAR, { input: { catalogId: fileId(1) } });
    expect(await names()).toEqual(['the matrix', 'Other']);
  });

  it('is of a file that is known', async () => {
    const input = { ...film, catalogId: fileId(9) };
    const { data } = await running.query(CORRECT, { input });
    expect(data.correctTitle).toEqual({ file: null, error: { code: 'UNKNOWN_FILE' } });
  });

  it.each([
    [{ name: ' ' }, 'name is empty'],
    [{ name: 'x'.repeat(301) }, 'name has at most 300 characters'],
    [{ year: 1869 }, 'year is 1870 to 2200, not 1869'],
    [{ season: 1 }, 'season and episode are those of an EPISODE'],
    [{ catalogId: 'x' }, 'catalogId is not 64 lowercase hexadecimal digits'],
  ])('with %j is refused', async (changes, message) => {
    const { errors } = await running.query(CORRECT, { input: { ...film, ...changes } });
    expect(errors?.[0]).toMatchObject({ message, extensions: { code: 'BAD_USER_INPUT' } });
  });
});

it('nobody else corrects a title', async () => {
  await using closed = await runCatalog({ AUTH_MODE: 'jwt' });
  const { errors } = await closed.query(CORRECT, { input: film });
  expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
});
