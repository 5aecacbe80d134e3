import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type FakeEdge, startFakeEdge } from '../../testing/fake-edge.ts';
import { startPeer, temporaryDir, testConfig } from '../../testing/harness.ts';
import { createMediaTree, type MediaTree } from '../../testing/media-tree.ts';
import { askDaemon } from '../control/client.ts';
import type { LibraryFile } from '../library/types.ts';
import type { ScanReport } from '../scan/report.ts';

const FILES = Number(process.env.PEER_TEST_FILES ?? 300);
/** A busy machine reads twenty small films a second. */
const TIMEOUT_MS = 30_000 + FILES * 50;
const SEED = Number(process.env.PEER_TEST_SEED ?? 20_260_101);
/** Looking at a large library takes its time, too. */
const POLL = { timeout: TIMEOUT_MS, interval: 25 + FILES / 20 };
/**
 * What is done to the library between two scans, in hundredths of it. Copies come last: bytes whose only known file goes
 * away are withdrawn until their copy has been read.
 */
const CHANGES: Readonly<Record<'add' | 'copy' | 'change' | 'remove' | 'move', number>> = {
  add: 3,
  change: 3,
  remove: 5,
  move: 5,
  copy: 1,
};

it(
  'announces exact differences of a large library of real films, whatever happens to it',
  async () => {
    const dir = temporaryDir();
    const edge = await startFakeEdge();
    onTestFinished(() => edge.stop());
    const config = testConfig(dir, {
      EDGE_GRPC_ADDRESS: edge.address,
      WATCH: 'false',
      EXTRACT_METADATA: 'true',
      FFPROBE_PATH: '/nonexistent',
    });
    const { dataDir } = config.peer;
    const tree = await createMediaTree(config.media.dirs[0]!, SEED);
    for (let i = 0; i < FILES; i += 1) tree.add();
    tree.addOddities();
    const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      const startedAt = performance.now();
      const result = await work();
      if (process.env.PEER_TEST_FILES)
        console.log(`${FILES} files, ${name}: ${Math.round(performance.now() - startedAt)} ms`);
      return result;
    };
    const scan = () => askDaemon<ScanReport>(dataDir, 'POST', '/scan?wait=true');
    let peer = await startPeer(config);
    const isSettled = () => {
      const { library, scan: work } = peer.status();
      return !work.scanning && work.hashing === 0 && library.pending.files + library.settling.files === 0;
    };
    const settle = async () => {
      await scan();
      await expect.poll(isSettled, POLL).toBe(true);
    };
    const expectExact = async () => {
      const ids = new Set(tree.ids.values());
      await expect.poll(() => edge.shared()?.size, POLL).toBe(ids.size);
      expect(edge.shared()).toEqual(ids);
      expect(await sharedFiles(dataDir)).toEqual(tree.ids);
    };

    await timed('first scan', settle);
    await expectExact();
    await expectDescribed(edge, tree);
    expect(peer.status().library).toMatchObject({
      rejected: { files: 3 },
      unreadable: { files: tree.unreadable },
      unavailable: { files: 0 },
    });
    const problems = peer.status().scan.last?.problems.map(({ path }) => path.split('/').at(-1));
    expect(problems?.sort()).toEqual(['circle.mp4', 'dangling.mp4', 'outside.mp4']);

    const hashed = peer.status().scan.bytesHashed;
    expect(await timed('scan again', scan)).toMatchObject({ found: 0, removed: 0, lost: 0, returned: 0 });
    expect(peer.status().scan.bytesHashed).toBe(hashed);

    for (const round of [1, 2]) {
      const before = new Set(tree.ids.values());
      edge.received.length = 0;
      changeAll(tree);
      await timed(`changes ${round}`, settle);
      await expectExact();
      expectDifference(edge, before, new Set(tree.ids.values()));
    }

    await peer.stop();
    edge.received.length = 0;
    changeAll(tree);
    peer = await startPeer(config);
    await timed('start again, changed', settle);
    await expectExact();
  },
  6 * TIMEOUT_MS,
);

function changeAll(tree: MediaTree): void {
  for (const [kind, share] of Object.entries(CHANGES))
    for (let i = 0; i < Math.ceil((FILES * share) / 100); i += 1) tree[kind as keyof typeof CHANGES]();
  tree.moveFolder();
}

async function sharedFiles(dataDir: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let after: LibraryFile | undefined; ; ) {
    const query = new URLSearchParams({
      state: 'shared',
      ...(after && { dir: after.dir, name: after.name }),
    });
    const page = await askDaemon<LibraryFile[]>(dataDir, 'GET', `/files?${query}`);
    for (const file of page) found.set(join(file.dir, file.name), file.catalogId!);
    after = page.at(-1);
    if (!after) return found;
  }
}

/** Each id that came or went was announced once, and no other. */
function expectDifference(edge: FakeEdge, before: Set<string>, after: Set<string>): void {
  const updates = edge.of('catalogUpdate');
  expect(updates.every(({ full }) => !full)).toBe(true);
  const idsOf = (ids: Buffer[][]) =>
    ids
      .flat()
      .map((id) => id.toString('hex'))
      .sort();
  expect(idsOf(updates.map(({ catalogIds }) => catalogIds))).toEqual(
    [...after].filter((id) => !before.has(id)).sort(),
  );
  expect(idsOf(updates.map(({ removedCatalogIds }) => removedCatalogIds))).toEqual(
    [...before].filter((id) => !after.has(id)).sort(),
  );
}

/** Every content has a description with what is in its film. */
async function expectDescribed(edge: FakeEdge, tree: MediaTree): Promise<void> {
  const described = () =>
    new Map(edge.of('mediaDescription').map((media) => [media.catalogId.toString('hex'), media]));
  const lacking = () => {
    const known = described();
    return [...tree.ids.values()].filter((id) => !known.has(id));
  };
  await expect.poll(lacking, POLL).toEqual([]);
  for (const media of described().values())
    expect(media).toMatchObject({ videoCodec: expect.stringMatching(/avc|vp9/), width: expect.any(Number) });
}
