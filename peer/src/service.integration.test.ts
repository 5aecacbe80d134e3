import {
  appendFileSync,
  cpSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { status as grpc } from '@grpc/grpc-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type FakeEdge, startFakeEdge } from '../testing/fake-edge.ts';
import { startPeer, temporaryDir, testConfig } from '../testing/harness.ts';
import { askDaemon } from './control/client.ts';
import { hashFile } from './hashing/hash-file.ts';
import type { ScanReport } from './scan/report.ts';
import type { Peer } from './service.ts';

/** Writes a file of unique bytes. */
function writeFilm(path: string, text = path): string {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `film ${text}`);
  return idOf(path);
}

const idOf = (path: string) => Buffer.from(hashFile({ path, algorithms: [] }).root).toString('hex');

async function setUp(overrides: Record<string, string> = {}, prepare: (media: string) => void = () => {}) {
  const dir = temporaryDir();
  const media = join(dir, 'media');
  const edge = await startFakeEdge();
  onTestFinished(() => edge.stop());
  const config = testConfig(dir, { EDGE_GRPC_ADDRESS: edge.address, ...overrides });
  prepare(media);
  const peer = await startPeer(config);
  return { dir, media, edge, config, peer };
}

/** On a busy machine everything takes its time; what has a deadline of its own names it. */
const poll = <T>(read: () => T, options: { timeout?: number } = {}) =>
  expect.poll(read, { timeout: 10_000, interval: 25, ...options });

const settled = (peer: Peer) => {
  const { library, scan } = peer.status();
  return !scan.scanning && scan.hashing === 0 && library.pending.files === 0 && library.settling.files === 0;
};

async function expectShared(edge: FakeEdge, ids: Iterable<string>, within = 20_000): Promise<void> {
  const expected = [...new Set(ids)].sort();
  await poll(() => [...(edge.shared() ?? ['nothing announced'])].sort(), { timeout: within }).toEqual(
    expected,
  );
}

describe('a peer daemon', () => {
  it('announces what lies in its folders, each content once, described before it is announced', async () => {
    let ids: string[] = [];
    const { edge, peer } = await setUp({}, (media) => {
      ids = [writeFilm(join(media, 'a.mp4')), writeFilm(join(media, 'deep/er/b 🎬\n.mkv'))];
      writeFilm(join(media, 'copy of a.mp4'), join(media, 'a.mp4'));
      writeFilm(join(media, 'notes.txt'));
      writeFilm(join(media, '.hidden.mp4'));
    });
    await expectShared(edge, ids);
    await poll(() => peer.status().library.shared.files).toBe(3);
    const described = () =>
      new Set(edge.of('mediaDescription').map(({ catalogId }) => catalogId.toString('hex')));
    await poll(() => described().size).toBe(2);
    const [first] = edge.of('mediaDescription').map(({ name }) => name);
    expect(first).not.toContain('\n');
    const sequences = edge.received.filter(({ sequence }) => sequence > 0).map(({ sequence }) => sequence);
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
    expect(new Set(sequences).size).toBe(sequences.length);
  });

  it('announces a file within two seconds of its copy ending, and its deletion within one', async () => {
    const { edge, media } = await setUp();
    await expectShared(edge, []);
    const path = join(media, 'new.mp4');
    writeFileSync(path, 'first part, ');
    appendFileSync(path, 'second part');
    await expectShared(edge, [idOf(path)]);
    rmSync(path);
    await expectShared(edge, []);
  });

  it('waits for a file that is still being written', async () => {
    const { edge, media } = await setUp();
    await expectShared(edge, []);
    const path = join(media, 'growing.mp4');
    let writes = 0;
    const growing = setInterval(() => {
      appendFileSync(path, 'more ');
      writes += 1;
    }, 100);
    await expect.poll(() => writes).toBeGreaterThanOrEqual(15);
    expect(edge.shared()?.size).toBe(0);
    clearInterval(growing);
    await expectShared(edge, [idOf(path)]);
    expect(edge.of('catalogUpdate').filter(({ full }) => !full)).toHaveLength(1);
  });

  it('shares a small file while it reads films that take long', async () => {
    const { edge, media, peer } = await setUp({ HASH_WORKERS: '2', HASH_MAX_MB_PER_SEC: '4' }, (folder) => {
      for (let megabytes = 300; megabytes < 304; megabytes += 1) {
        const path = join(folder, `long ${megabytes}.mp4`);
        writeFileSync(path, '');
        truncateSync(path, megabytes * 1_048_576);
      }
    });
    await poll(() => peer.status().scan.hashing).toBe(2);
    const id = writeFilm(join(media, 'short.mp4'));
    await expectShared(edge, [id]);
    expect(peer.status().library.pending.files).toBe(4);
  });

  it('recognises a renamed file and a moved folder without reading them again', async () => {
    const { edge, media, peer, dir } = await setUp({}, (folder) => {
      writeFilm(join(folder, 'show/1.mp4'));
      writeFilm(join(folder, 'show/2.mp4'));
    });
    await poll(() => settled(peer) && edge.shared()?.size).toBe(2);
    const hashed = peer.status().scan.bytesHashed;
    const updates = edge.of('catalogUpdate').length;
    renameSync(join(media, 'show/1.mp4'), join(media, 'show/one.mp4'));
    renameSync(join(media, 'show'), join(media, 'series'));
    const listed = async () =>
      (await askDaemon<{ dir: string; name: string }[]>(join(dir, 'data'), 'GET', '/files')).map((file) =>
        join(file.dir, file.name),
      );
    await poll(listed).toEqual([join(media, 'series/2.mp4'), join(media, 'series/one.mp4')]);
    expect(peer.status().scan.bytesHashed).toBe(hashed);
    expect(edge.of('catalogUpdate').length).toBe(updates);
  });

  it.skipIf(process.platform !== 'linux')('shares names that are not UTF-8 under their escapes', async () => {
    const latin = (media: string, name: string) => Buffer.from(`${media}/${name}`, 'latin1');
    const { media, edge, peer } = await setUp({}, (folder) => {
      mkdirSync(latin(folder, 'Am\xe9lie (2001)'), { recursive: true });
      writeFileSync(latin(folder, 'Am\xe9lie (2001)/Am\xe9lie.mp4'), 'some bytes');
      writeFileSync(latin(folder, 'caf\xe9.mp4'), 'other bytes');
    });
    await poll(() => peer.status().library.shared.files).toBe(2);
    const described = () =>
      edge.of('mediaDescription').map(({ name, title, year }) => ({ name, title, year }));
    await poll(described).toHaveLength(2);
    expect(described()).toContainEqual({ name: 'Am\\xE9lie.mp4', title: 'Amélie', year: 2001 });
    expect(described()).toContainEqual({ name: 'caf\\xE9.mp4', title: 'café', year: 0 });
    rmSync(latin(media, 'caf\xe9.mp4'));
    await poll(() => edge.shared()?.size).toBe(1);
  });

  it('forgets what was at a path before, and not what another file still holds', async () => {
    const { edge, media, dir } = await setUp();
    const path = join(media, 'recording.ts');
    const copy = join(media, 'copy.ts');
    writeFileSync(path, 'the beginning');
    const former = idOf(path);
    await expectShared(edge, [former]);
    writeFileSync(path, 'the beginning, and the end');
    await expectShared(edge, [idOf(path)]);
    const superseded = () =>
      edge
        .of('catalogUpdate')
        .flatMap((update) => update.superseded?.catalogIds.map((id) => id.toString('hex')) ?? []);
    await poll(superseded).toEqual([former]);
    cpSync(path, copy);
    await poll(() => askDaemon<unknown[]>(join(dir, 'data'), 'GET', '/files?state=shared')).toHaveLength(2);
    const both = idOf(copy);
    writeFileSync(path, 'something else');
    await expectShared(edge, [idOf(path), both]);
    expect(superseded()).toEqual([former]);
  });

  it('says why a file is not shared', async () => {
    const { dir, peer, edge } = await setUp(
      { EXTRACT_METADATA: 'true', FFPROBE_PATH: '/nonexistent' },
      (media) => {
        writeFileSync(join(media, 'empty.mp4'), '');
        writeFileSync(join(media, 'noise.mp4'), 'this is no film');
        const box = Buffer.alloc(16);
        box.writeUInt32BE(1_000_000, 0);
        box.write('mdat', 4);
        writeFileSync(
          join(media, 'cut.mp4'),
          Buffer.concat([Buffer.from('\0\0\0\x10ftypisom\0\0\0\0', 'latin1'), box]),
        );
        mkdirSync(join(media, 'folder.mp4'));
        symlinkSync('/etc/hostname', join(media, 'out.mp4'));
        symlinkSync('.', join(media, 'loop'));
      },
    );
    await poll(() => settled(peer) && peer.status().library.rejected.files).toBe(3);
    const files = await askDaemon<{ name: string; reason: string }[]>(join(dir, 'data'), 'GET', '/files');
    const reasons = Object.fromEntries(files.map(({ name, reason }) => [name, reason]));
    expect(reasons['empty.mp4']).toBe('it is empty');
    expect(reasons['cut.mp4']).toContain('it is cut off');
    expect(reasons['noise.mp4']).toContain('not a readable .mp4 file');
    expect(peer.status().scan.last?.problems).toEqual([
      { path: expect.stringContaining('out.mp4'), reason: 'the link leads out of the media folders' },
    ]);
    await expectShared(edge, []);
  });

  it('keeps the index of a folder that vanished, and shares it again without reading when it is back', async () => {
    const { edge, media, peer, dir } = await setUp({ WATCH: 'false' }, (folder) =>
      writeFilm(join(folder, 'a.mp4')),
    );
    await poll(() => settled(peer) && edge.shared()?.size).toBe(1);
    const [id] = [...edge.shared()!];
    const hashed = peer.status().scan.bytesHashed;
    const scan = () => askDaemon<ScanReport>(join(dir, 'data'), 'POST', '/scan?wait=true');
    renameSync(media, `${media}.unplugged`);
    expect(await scan()).toMatchObject({ lost: 1, removed: 0 });
    await expectShared(edge, []);
    expect(peer.status().library.unavailable.files).toBe(1);
    renameSync(`${media}.unplugged`, media);
    expect(await scan()).toMatchObject({ returned: 1, found: 0 });
    await expectShared(edge, [id!]);
    expect(peer.status().scan.bytesHashed).toBe(hashed);
  });

  it('announces everything to an edge that comes back, and describes again only what was never acknowledged', async () => {
    const { edge, media } = await setUp({}, (folder) => writeFilm(join(folder, 'a.mp4')));
    await poll(() => edge.of('mediaDescription').length).toBe(1);
    await poll(() => edge.shared()?.size).toBe(1);
    edge.acknowledge = false;
    const second = writeFilm(join(media, 'b.mp4'));
    await poll(() => edge.of('mediaDescription').length).toBe(2);
    const sequence = Math.max(...edge.received.map((entry) => entry.sequence));
    edge.received.length = 0;
    edge.cut();
    await poll(() => edge.connections).toBe(2);
    await poll(() => edge.shared()?.size).toBe(2);
    await poll(() => edge.of('mediaDescription').map(({ catalogId }) => catalogId.toString('hex'))).toEqual([
      second,
    ]);
    expect(edge.of('catalogUpdate')[0]).toMatchObject({ full: true, final: true });
    for (const entry of edge.received)
      if (entry.sequence > 0) expect(entry.sequence).toBeGreaterThan(sequence);
  });

  it('works offline and catches up when an edge appears', async () => {
    const dir = temporaryDir();
    const config = testConfig(dir);
    const id = writeFilm(join(dir, 'media/a.mp4'));
    const probe = await startFakeEdge();
    await probe.stop();
    const peer = await startPeer({
      ...config,
      edge: { ...config.edge, addresses: ['127.0.0.1:9', probe.address] },
    });
    await poll(() => peer.status().library.shared.files).toBe(1);
    expect(await peer.ready()).toMatchObject({
      ready: false,
      reason: expect.stringContaining('not connected'),
    });
    const edge = await startFakeEdge({ port: probe.port });
    onTestFinished(() => edge.stop());
    await expectShared(edge, [id]);
    expect(await peer.ready()).toEqual({ ready: true });
  });

  it('moves to another connection when the edge drains, and stays calm when it is refused', async () => {
    const { edge, peer } = await setUp();
    await poll(() => edge.connections).toBe(1);
    edge.send({ $case: 'drain', value: { withinMilliseconds: 10 } });
    await poll(() => edge.connections).toBe(2);
    edge.refuse = { code: grpc.UNAUTHENTICATED, details: 'this peer id belongs to another key' };
    edge.cut();
    await poll(() => peer.status().edge.lastError).toBe('this peer id belongs to another key');
    edge.refuse = null;
    await poll(() => edge.connections).toBe(3);
  });

  it('runs once on a data directory', async () => {
    const { config } = await setUp();
    await expect(startPeer({ ...config })).rejects.toThrow('a daemon already runs');
  });
});
