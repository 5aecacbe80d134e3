import { createLogger } from '@giggityflix/kernel';
import { openDatabase } from '@giggityflix/prisma';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectionOf, fileId } from '../../testing/events.ts';
import { type RunningCatalog, runCatalog } from '../../testing/running-catalog.ts';

let running: RunningCatalog;
beforeEach(async () => {
  running = await runCatalog();
});
afterEach(() => running[Symbol.asyncDispose]());

const SAVE =
  'mutation($input: SaveLibraryInput!) { saveLibrary(input: $input) { library { id name peers folders { peerId folder } } } }';
const save = (input: object) => running.query(SAVE, { input });

/** The files of a library, by their numbers. */
async function filesIn(library: string): Promise<number[]> {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const { client, close } = await openDatabase({ url: running.databaseUrl, logger });
  const rows = await client.fileInLibrary.findMany({
    where: { libraryId: library },
    orderBy: { catalogId: 'asc' },
  });
  await close();
  return rows.map(({ catalogId }) => Number.parseInt(catalogId, 16));
}

describe('a library', () => {
  it('has the files of its peers, and those below its folders, whichever comes first', async () => {
    await running.describe({ file: 1, peer_id: 'ann', folder: 'Films/Kids' });
    await running.describe({ file: 2, peer_id: 'ann', folder: 'Films/Kids2' });
    await running.describe({ file: 3, peer_id: 'bob', folder: 'Films/Kids/More' });
    await expect
      .poll(
        async () => (await running.query(`{ mediaFile(catalogId: "${fileId(3)}") { name } }`)).data.mediaFile,
      )
      .not.toBeNull();
    const library = {
      id: 'kids',
      name: 'Kids',
      peers: ['eve'],
      folders: [{ peerId: 'ann', folder: 'Films/Kids' }],
    };
    expect((await save(library)).data.saveLibrary.library).toEqual(library);
    expect(await filesIn('kids')).toEqual([1]);
    await running.describe({ file: 4, peer_id: 'ann', folder: 'Films/Kids/More' });
    await running.describe({ file: 5, peer_id: 'eve' });
    await running.describe({ file: 6, peer_id: 'bob' });
    await expect.poll(() => filesIn('kids')).toEqual([1, 4, 5]);
    // The film moves.
    await running.describe({ file: 1, peer_id: 'ann', folder: 'Films' });
    await running.describe({ file: 2, peer_id: 'ann', folder: 'Films/Kids' });
    await expect.poll(() => filesIn('kids')).toEqual([2, 4, 5]);
    await save({ ...library, peers: ['bob'], folders: [] });
    expect(await filesIn('kids')).toEqual([3, 6]);
    expect((await running.query('{ libraries { id peers } }')).data.libraries).toEqual([
      { id: 'kids', peers: ['bob'] },
    ]);
    const remove = 'mutation { deleteLibrary(id: "kids") { deleted } }';
    expect((await running.query(remove)).data.deleteLibrary).toEqual({ deleted: true });
    expect((await running.query(remove)).data.deleteLibrary).toEqual({ deleted: false });
    expect(await filesIn('kids')).toEqual([]);
  });

  it('has a file while the statement of its peer counts', async () => {
    await save({ id: 'ann', name: 'Ann’s', peers: ['ann'] });
    for (const peer_id of ['ann', 'bob']) await running.describe({ file: 1, peer_id });
    await expect.poll(() => filesIn('ann')).toEqual([1]);
    await running.announce('ann', [], { removed_catalog_ids: [fileId(1)] });
    await expect.poll(() => filesIn('ann')).toEqual([]);
    await running.announce('ann', [1], { connection_id: connectionOf('ann', 2) });
    await expect.poll(() => filesIn('ann')).toEqual([1]);
  });

  it.each([
    ...[{ id: 'Kids' }, { id: '' }, { id: '-a' }, { id: 'x'.repeat(64) }, { id: 'kids', name: '' }],
    ...[{ name: 'x'.repeat(101) }, { peers: ['a/b'] }, { folders: [{ peerId: 'a', folder: '../x' }] }],
    ...[{ folders: [{ peerId: 'a', folder: 'x'.repeat(501) }] }, { peers: Array(501).fill('a') }],
  ])('that is none is refused: %j', async (change) => {
    const { errors } = await save({ id: 'kids', name: 'Kids', ...change });
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });
});
