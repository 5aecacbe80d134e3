import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNodePlatform, readFilm } from '@giggityflix/player/node';
import { ROOT, startStack, type TestStack, writeNewFilm } from '@giggityflix/testing';
import { type NodeProcess, runScript } from '@giggityflix/testing/processes';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

const PEERS = 3;
/** At this rate the film takes the three of them seconds, so that all have connected before it is through. */
const PEER_KBPS = 16_000;
const FILM_BYTES = 24_000_000;
const WAIT = { timeout: 60_000, interval: 100 };

let stack: TestStack;
let directory: string;
let film: Buffer;
let catalogId: string;
let platform: ReturnType<typeof createNodePlatform>;
const peers: NodeProcess[] = [];

beforeAll(async () => {
  stack = await startStack();
  directory = mkdtempSync(join(tmpdir(), 'giggityflix-swarm-'));
  const path = join(directory, 'A Film of Many (2021).mp4');
  writeNewFilm(path, FILM_BYTES);
  film = readFileSync(path);
  const program = join(ROOT, 'node_modules/.bin/giggityflix-peer');
  catalogId = execFileSync(program, ['id', path], { encoding: 'utf8' }).trim().split(/\s/)[0]!;
  for (let n = 0; n < PEERS; n += 1) peers.push(startPeer(join(directory, `peer-${n}`), path));
  platform = createNodePlatform({ origin: stack.origin });
  await vi.waitFor(async () => expect(await holders()).toBe(PEERS), WAIT);
}, 120_000);
afterAll(async () => {
  platform?.close();
  await Promise.all(peers.map((peer) => peer.end()));
  await stack?.dispose();
  rmSync(directory, { recursive: true, force: true });
});

function startPeer(folder: string, film: string): NodeProcess {
  const media = join(folder, 'media');
  mkdirSync(media, { recursive: true });
  copyFileSync(film, join(media, 'A Film of Many (2021).mp4'));
  return runScript('peer/src/main.ts', {
    HOME: folder,
    DATA_DIR: join(folder, 'data'),
    MEDIA_DIRS: media,
    EDGE_GRPC_ADDRESS: `127.0.0.1:${stack.ports.EDGE_PORT}`,
    HTTP_PORT: '0',
    ENABLE_UPNP: 'false',
    WEBRTC_MAX_BANDWIDTH_KBPS: String(PEER_KBPS),
  });
}

async function holders(): Promise<number> {
  const { data } = await stack.client.request('Availability', { catalogIds: [catalogId] });
  return data?.catalogAvailability[0].peerCount;
}

/** Reads the film, and says what came from each source. */
async function watch(onBytes: (bytes: number) => void = () => {}) {
  const hash = createHash('sha256');
  let bytes = 0;
  const read = await readFilm({
    platform,
    catalogId,
    onBytes(part) {
      hash.update(part);
      bytes += part.byteLength;
      onBytes(bytes);
    },
  });
  return { ...read, sha256: hash.digest('hex') };
}
const expected = () => createHash('sha256').update(film).digest('hex');

it('plays one film from three peers under one session', { timeout: 120_000 }, async () => {
  let streams = 0;
  const { sha256, bytes, sources } = await watch((read) => {
    if (read < film.byteLength / 2 || streams > 0) return;
    streams = Number.NaN;
    void stack.client.request('Concurrency').then(({ data }) => {
      streams = data.concurrency.activeStreamCount;
    });
  });
  expect({ sha256, bytes }).toEqual({ sha256: expected(), bytes: film.byteLength });
  expect(streams).toBe(1);
  expect(sources.filter(({ verifiedBytes }) => verifiedBytes > 0)).toHaveLength(PEERS);
});

it('goes on with the others when one is killed', { timeout: 120_000 }, async () => {
  const [killed] = peers.splice(0, 1);
  let ended: Promise<unknown> | null = null;
  const { sha256, bytes } = await watch((read) => {
    if (read > film.byteLength / 3) ended ??= killed!.end('SIGKILL');
  });
  expect(ended).not.toBeNull();
  await ended;
  expect({ sha256, bytes }).toEqual({ sha256: expected(), bytes: film.byteLength });
});
