import { expect, it, onTestFinished } from 'vitest';
import { fileId } from '../../testing/events.ts';
import { type RunningCatalog, runCatalog } from '../../testing/running-catalog.ts';

const TITLES = '{ titles(first: 10) { edges { node { name files { catalogId } } } } }';

async function setUp() {
  const running = await runCatalog();
  onTestFinished(() => running[Symbol.asyncDispose]());
  const titles = async (): Promise<[string, string[]][]> => {
    const { data } = await running.query(TITLES);
    return data.titles.edges.map(
      ({ node }: { node: { name: string; files: { catalogId: string }[] } }): [string, string[]] => [
        node.name,
        node.files.map(({ catalogId }) => catalogId),
      ],
    );
  };
  return { running, titles };
}

const replace = (running: RunningCatalog, peer: string, former: number, file: number) =>
  running.announce(peer, [file], {
    removed_catalog_ids: [fileId(former)],
    superseded_catalog_ids: [fileId(former)],
  });

it('a recording that grew is one film: what the peer had in its place goes, and its title with it', async () => {
  const { running, titles } = await setUp();
  for (let file = 1; file <= 6; file += 1) {
    await running.describe({ file, kind: 'CLIP', title: 'Recording' });
    await running.available([file]);
    if (file > 1) {
      await replace(running, 'peer', file - 1, file);
      await running.available([file - 1], false);
    }
  }
  await expect.poll(titles).toEqual([['Recording', [fileId(6)]]]);
});

it('what others say of a film stays, and so does what the peer says of others', async () => {
  const { running, titles } = await setUp();
  await running.describe({ file: 1, title: 'Shared' });
  await running.describe({ file: 1, title: 'Shared', peer_id: 'another' });
  await running.describe({ file: 2, title: 'Of another', peer_id: 'another' });
  await expect.poll(async () => (await titles()).length).toBe(2);
  await running.describe({ file: 3, title: 'Instead' });
  // A peer cannot take back what it never said.
  await running.announce('peer', [3], { superseded_catalog_ids: [fileId(1), fileId(2)] });
  await expect.poll(async () => (await titles()).length).toBe(3);
  await running.describe({ file: 4, title: 'Afterwards' });
  await expect
    .poll(async () => (await titles()).map(([name]) => name).sort())
    .toEqual(['Afterwards', 'Instead', 'Of another', 'Shared']);
});
