import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { type FakeEdge, startFakeEdge } from '../testing/fake-edge.ts';
import { temporaryDir, testEnvironment } from '../testing/harness.ts';
import { connectViewer, createIssuer, readRange, type TestViewer } from '../testing/streaming.ts';
import { hashFile } from './hashing/hash-file.ts';
import { openLibrary } from './library/library.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const KILLS = Number(process.env.PEER_TEST_KILLS ?? 4);
const FILES = 300;
/** The daemon is killed after fewer messages than this. */
const MAX_HEARD = 30;
/** Every second time the daemon is killed while it streams: a film of this size at this speed takes three seconds. */
const FILM_BYTES = 3_000_000;
const FILM_KBPS = 8_000;

const idOf = (path: string) => Buffer.from(hashFile({ path, algorithms: [] }).root).toString('hex');

function contentsOf(dir: string): Set<string> {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' });
  return new Set(names.filter((name) => name.endsWith('.mp4')).map((name) => idOf(join(dir, name))));
}

/** A viewer who reads a film from the daemon behind the edge. */
async function watchFilm(edge: FakeEdge, sessionId: string, path: string): Promise<TestViewer> {
  const catalogId = idOf(path);
  const issuer = await createIssuer();
  edge.send({ $case: 'keySet', value: { jwks: issuer.jwks } });
  const viewer = await connectViewer(sessionId, catalogId, {
    send: (value) => edge.send({ $case: 'playbackSignal', value }),
    listen(listener) {
      edge.onSignal = listener;
    },
  });
  onTestFinished(() => viewer.disconnect());
  await viewer.client.open({
    token: await issuer.sign(sessionId, catalogId),
    rendition: 'original',
    startSeconds: 0,
  });
  void readRange(viewer.client, 0, FILM_BYTES).catch(() => {});
  return viewer;
}

it(
  'killed at random moments, scanning or streaming, opens its index again and announces nothing that is not there',
  async () => {
    const dir = temporaryDir();
    const edge = await startFakeEdge();
    onTestFinished(() => edge.stop());
    const media = join(dir, 'media');
    const films = join(dir, 'films');
    const env = testEnvironment(dir, {
      EDGE_GRPC_ADDRESS: edge.address,
      MEDIA_DIRS: `${media},${films}`,
      WEBRTC_MAX_BANDWIDTH_KBPS: String(FILM_KBPS),
      STUN_SERVERS: '',
    });
    mkdirSync(films);
    const filmOf = (round: number) => join(films, `${round}.mp4`);
    let written = 0;
    const write = () => {
      const folder = join(media, `shelf ${written % 7}`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${written}.mp4`), `film ${written}`.repeat(1 + (written % 3_000)));
      written += 1;
    };
    const change = () => {
      const shelves = readdirSync(media);
      const shelf = join(media, shelves[randomInt(shelves.length)]!);
      const [first, second] = readdirSync(shelf);
      if (first) rmSync(join(shelf, first));
      if (second) renameSync(join(shelf, second), join(shelf, `moved ${second}`));
      write();
    };
    while (written < FILES) write();
    for (let round = 1; round < KILLS; round += 2) writeFileSync(filmOf(round), randomBytes(FILM_BYTES));

    let daemon: ChildProcess | null = null;
    onTestFinished(() => void daemon?.kill('SIGKILL'));
    for (let round = 0; round < KILLS; round += 1) {
      daemon = spawn(process.execPath, [MAIN], { env: { PATH: process.env.PATH, ...env }, stdio: 'ignore' });
      const killed = new Promise((resolve) => daemon!.once('exit', resolve));
      const connections = edge.connections;
      await expect.poll(() => edge.connections, { timeout: 20_000 }).toBe(connections + 1);
      const film = round % 2 === 1 ? filmOf(round) : null;
      let viewer: TestViewer | null = null;
      if (film) {
        const id = idOf(film);
        await expect.poll(() => edge.shared()?.has(id), { timeout: 20_000 }).toBe(true);
        viewer = await watchFilm(edge, `session ${round}`, film);
        const bytes = randomInt(1, FILM_BYTES / 3);
        await expect.poll(() => viewer?.client.receivedBytes(), { timeout: 20_000 }).toBeGreaterThan(bytes);
      }
      // From before the first scan ends to well into hashing.
      const heard = edge.received.length + randomInt(0, MAX_HEARD);
      await expect
        .poll(
          () => {
            if (edge.received.length < heard) change();
            return edge.received.length;
          },
          { interval: 50, timeout: 20_000 },
        )
        .toBeGreaterThanOrEqual(heard);
      daemon.kill('SIGKILL');
      await killed;
      viewer?.disconnect();
      if (film) {
        expect(viewer?.client.receivedBytes()).toBeLessThan(FILM_BYTES);
        rmSync(film);
      }
      const library = openLibrary(join(dir, 'data/index.sqlite'));
      expect(library.database.pragma('integrity_check', { simple: true })).toBe('ok');
      library.close();
      for (let i = 0; i < 3; i += 1) change();
    }

    const expected = contentsOf(media);
    const before = edge.received.length;
    daemon = spawn(process.execPath, [MAIN], { env: { PATH: process.env.PATH, ...env }, stdio: 'ignore' });
    const exited = new Promise((resolve) => daemon!.once('exit', resolve));
    await expect.poll(() => edge.shared()?.size, { timeout: 30_000 }).toBe(expected.size);
    expect(edge.shared()).toEqual(expected);
    for (const { message } of edge.received.slice(before))
      if (message.$case === 'catalogUpdate')
        for (const id of message.value.catalogIds) expect(expected).toContain(id.toString('hex'));
    const described = new Set(edge.of('mediaDescription').map(({ catalogId }) => catalogId.toString('hex')));
    await expect.poll(() => [...expected].filter((id) => !described.has(id))).toEqual([]);
    daemon.kill('SIGTERM');
    expect(await exited).toBe(0);
    expect(existsSync(join(dir, 'data/control.sock'))).toBe(false);
  },
  30_000 + KILLS * 15_000,
);
