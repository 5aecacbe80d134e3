import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MediaDescription, MediaKind } from '@giggityflix/proto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type FakeEdge, startFakeEdge } from '../../testing/fake-edge.ts';
import { startPeer, temporaryDir, testConfig } from '../../testing/harness.ts';
import { askDaemon } from '../control/client.ts';

const nfo = (title: string, year = 2001) => `<movie><title>${title}</title><year>${year}</year></movie>`;

/** A daemon that shares `films`; `look` makes it notice a change, by a scan or by itself. */
async function setUp(watch: boolean, films: Record<string, string>, overrides: Record<string, string> = {}) {
  const dir = temporaryDir();
  const media = join(dir, 'media');
  const edge = await startFakeEdge();
  onTestFinished(() => edge.stop());
  const config = testConfig(dir, { EDGE_GRPC_ADDRESS: edge.address, WATCH: String(watch), ...overrides });
  for (const [name, bytes] of Object.entries(films)) {
    mkdirSync(join(media, name, '..'), { recursive: true });
    writeFileSync(join(media, name), bytes);
  }
  const peer = await startPeer(config);
  await expect.poll(() => peer.status().library.shared.files).toBe(Object.keys(films).length);
  const look = async () => {
    if (!watch) await askDaemon(config.peer.dataDir, 'POST', '/scan');
  };
  return { edge, media, peer, look, dataDir: config.peer.dataDir };
}

const latest = (edge: FakeEdge): MediaDescription | undefined => edge.of('mediaDescription').at(-1);
const isCalled = (edge: FakeEdge, expected: Partial<MediaDescription>) =>
  expect.poll(() => latest(edge)).toMatchObject(expected);

describe.each([
  { watch: true, by: 'as it happens' },
  { watch: false, by: 'at a scan' },
])('a film is described anew $by', ({ watch }) => {
  it('when an .nfo beside it comes, changes and goes, without being read or announced again', async () => {
    const { edge, media, peer, look } = await setUp(watch, { 'film.mp4': 'bytes' });
    await isCalled(edge, { title: 'film', kind: MediaKind.MEDIA_KIND_CLIP });
    await expect.poll(() => edge.shared()?.size).toBe(1);
    const updates = edge.of('catalogUpdate').length;
    const hashed = peer.status().scan.bytesHashed;
    const path = join(media, 'film.nfo');
    writeFileSync(path, nfo('First'));
    await look();
    await isCalled(edge, { title: 'First', year: 2001, kind: MediaKind.MEDIA_KIND_MOVIE });
    writeFileSync(path, nfo('Second', 2002));
    await look();
    await isCalled(edge, { title: 'Second', year: 2002 });
    rmSync(path);
    await look();
    await isCalled(edge, { title: 'film', year: 0 });
    expect(edge.of('catalogUpdate')).toHaveLength(updates);
    expect(peer.status().scan.bytesHashed).toBe(hashed);
  });

  it('when subtitles beside it come and go', async () => {
    const { edge, media, look } = await setUp(watch, { 'film.mp4': 'bytes' });
    await isCalled(edge, { title: 'film' });
    const path = join(media, 'film.en.srt');
    const described = () => edge.of('mediaDescription').length;
    const before = described();
    writeFileSync(path, '');
    await look();
    await expect.poll(described).toBe(before + 1);
    rmSync(path);
    await look();
    await expect.poll(described).toBe(before + 2);
    mkdirSync(join(media, 'Subs'));
    writeFileSync(join(media, 'Subs', 'English.srt'), '');
    await look();
    await expect.poll(described).toBe(before + 3);
    writeFileSync(join(media, 'Subs', 'French.srt'), '');
    await look();
    await expect.poll(described).toBe(before + 4);
  });
});

describe('a film is described anew', () => {
  it('when it is renamed, or moved to where its folder says more', async () => {
    const { edge, media } = await setUp(true, { 'wrong.mp4': 'bytes' });
    await isCalled(edge, { name: 'wrong.mp4', title: 'wrong' });
    renameSync(join(media, 'wrong.mp4'), join(media, 'Right (1999).mp4'));
    await isCalled(edge, { name: 'Right (1999).mp4', title: 'Right', year: 1999 });
    mkdirSync(join(media, 'A Show/Season 2'), { recursive: true });
    renameSync(join(media, 'Right (1999).mp4'), join(media, 'A Show/Season 2/05.mp4'));
    await isCalled(edge, { title: 'A Show', season: 2, episode: 5 });
  });

  it('when the file that named its bytes is removed and another has them, too', async () => {
    const { edge, media } = await setUp(true, { 'a good name.mp4': 'bytes', 'b copy.mp4': 'bytes' });
    await isCalled(edge, { title: 'a good name' });
    rmSync(join(media, 'a good name.mp4'));
    await isCalled(edge, { title: 'b copy' });
    cpSync(join(media, 'b copy.mp4'), join(media, 'a new name.mp4'));
    await isCalled(edge, { title: 'a new name' });
  });
});

it('a description that was due when the daemon stopped is made when it starts again', async () => {
  const { edge, media, peer, dataDir } = await setUp(false, { 'film.mp4': 'bytes' });
  await isCalled(edge, { title: 'film' });
  await peer.stop();
  writeFileSync(join(media, 'film.nfo'), nfo('While it slept'));
  const config = testConfig(join(dataDir, '..'), { EDGE_GRPC_ADDRESS: edge.address, WATCH: 'false' });
  await startPeer(config);
  await isCalled(edge, { title: 'While it slept' });
});

it('everything is described again when the owner asks for it', async () => {
  const { edge, dataDir } = await setUp(false, { 'one.mp4': 'bytes', 'two.mp4': 'other bytes' });
  const named = () => edge.of('mediaDescription').map(({ name }) => name);
  await expect.poll(() => named().sort()).toEqual(['one.mp4', 'two.mp4']);
  edge.received.length = 0;
  expect(await askDaemon(dataDir, 'POST', '/describe')).toEqual({ films: 2 });
  await expect.poll(() => named().sort()).toEqual(['one.mp4', 'two.mp4']);
});
