import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHex } from '@giggityflix/proto/merkle';
import { ROOT, requireCoturn, requireRoot, writeNewFilm } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPiecesHasher } from '../../peer/src/hashing/pieces-hasher.ts';
import { startCoturn, TURN_PORT, TURN_SECRET } from './coturn.ts';
import { createNatNetwork, type NatNetwork, SERVER_ADDRESS } from './network.ts';
import { type CandidatePair, isRelayed } from './selected-pair.ts';
import { table } from './table.ts';

const root = requireRoot();
const coturn = requireCoturn();

const GATEWAY_PORT = 4_000;
const EDGE_PORT = 50_051;
const MATCHMAKER_PORT = 12_345;

interface Film {
  catalogId: string;
  bytes: number;
  sha256: string;
}
type Watched = CandidatePair & { bytes: number; sha256: string };

/** The platform on a public network, its peer daemon and its viewers behind NATs: nothing else is there to help them. */
describe.skipIf(root.skip || coturn.skip)('a film from peer to viewer', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'giggityflix-nat-'));
  const children: ChildProcess[] = [];
  const output: string[] = [];
  const rows: string[][] = [['viewer', 'peer', 'film']];
  const films: Record<string, Film> = {};
  const places: Record<string, string> = {};
  let network: NatNetwork;

  beforeAll(() => {
    network = createNatNetwork();
    startPlatform();
    const add = (name: string, ...options: Parameters<NatNetwork['addNat']>) =>
      network.addNat(...options).forEach((place, index) => {
        places[`${name}${index === 0 ? '' : ' 2'}`] = place;
      });
    add('full cone', { kind: 'full cone', machines: 1 });
    add('port-restricted', { kind: 'port-restricted', machines: 2 });
    add('another port-restricted', { kind: 'port-restricted', machines: 1 });
    add('symmetric', { kind: 'symmetric', machines: 1 });
    add('another symmetric', { kind: 'symmetric', machines: 1 });
    for (const name of ['full cone', 'port-restricted', 'symmetric']) startPeer(name);
  }, 60_000);

  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(
      children.map(
        (child) => child.exitCode ?? child.signalCode ?? new Promise((done) => child.once('exit', done)),
      ),
    );
    network?.remove();
    rmSync(folder, { recursive: true, force: true });
    console.log(table(rows));
  });

  // What theory has for each pair: docs/hole-punching.md.
  test.concurrent.each([
    ['port-restricted 2', 'port-restricted', 'direct'],
    ['another port-restricted', 'port-restricted', 'direct'],
    ['another port-restricted', 'full cone', 'direct'],
    ['another port-restricted', 'symmetric', 'relay'],
    ['another symmetric', 'full cone', 'direct'],
    ['another symmetric', 'port-restricted', 'relay'],
    ['another symmetric', 'symmetric', 'relay'],
  ])('a viewer behind %s plays from a peer behind %s: %s', async (viewer, peer, theory) => {
    const { catalogId, ...expected } = films[peer] as Film;
    const { bytes, sha256, ...pair } = await watch(places[viewer] as string, catalogId, `${viewer}-${peer}`);
    rows.push([viewer, peer, `${isRelayed(pair) ? 'relay' : 'direct'} (${pair.local} - ${pair.remote})`]);
    expect({ bytes, sha256 }).toEqual(expected);
    expect(isRelayed(pair) ? 'relay' : 'direct').toBe(theory);
  });

  function run(place: string, script: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    const child = network.inside(place, [process.execPath, join(ROOT, script), ...args], options);
    children.push(child);
    child.stderr?.on('data', (chunk: Buffer) => output.push(`${script}: ${chunk}`));
    return child;
  }

  function startPlatform(): void {
    const state = (path: string) => join(folder, path);
    const env = {
      ...process.env,
      NODE_ENV: 'test',
      LOG_LEVEL: 'warn',
      HOST: '0.0.0.0',
      AUTH_MODE: 'demo',
      BUS: 'embedded',
      BUS_PATH: state('bus/bus.db'),
      STATE: 'embedded',
      STACK_DATA_DIR: folder,
      STUN_SERVERS: `stun:${SERVER_ADDRESS}:${MATCHMAKER_PORT}`,
      TURN_SERVERS: `turn:${SERVER_ADDRESS}:${TURN_PORT}?transport=udp`,
      TURN_SECRET,
      MAX_CONCURRENT_STREAMS: '20',
      STATE_PATH: state('state/edge.db'),
      GRPC_SERVER_ADDRESS: `${SERVER_ADDRESS}:${EDGE_PORT}`,
      GRPC_USE_TLS: 'false',
      PLAYBACK_JWKS_URL: 'http://127.0.0.1:8080/.well-known/jwks.json',
      MATCHMAKER_HOST: SERVER_ADDRESS,
    };
    const stdio: SpawnOptions['stdio'] = ['ignore', 'ignore', 'pipe'];
    run(network.server, 'matchmaker/src/main.ts', [], { env, stdio });
    run(network.server, 'stack/src/hub-main.ts', [], { env, stdio });
    run(network.server, 'edge/src/main.ts', [], { env: { ...env, HTTP_PORT: '8083' }, stdio });
    children.push(startCoturn(network, coturn.path as string));
  }

  /** The daemon as people run it, sharing a film that nobody else has. */
  function startPeer(name: string): void {
    const home = join(folder, name);
    const media = join(home, 'media');
    mkdirSync(media, { recursive: true });
    films[name] = newFilm(join(media, 'A Film.mp4'));
    run(places[name] as string, 'peer/src/main.ts', ['start'], {
      env: {
        ...process.env,
        HOME: home,
        DATA_DIR: join(home, 'data'),
        MEDIA_DIRS: media,
        EDGE_GRPC_ADDRESS: `${SERVER_ADDRESS}:${EDGE_PORT}`,
        GRPC_USE_TLS: 'false',
        GRPC_RECONNECT_INTERVAL_SEC: '1',
        GRPC_MAX_RECONNECT_ATTEMPTS: '60',
        ENABLE_UPNP: 'false',
        STUN_SERVERS: `stun:${SERVER_ADDRESS}:${MATCHMAKER_PORT}`,
        WEBRTC_MAX_BANDWIDTH_KBPS: '1000000',
        LOG_LEVEL: 'warn',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }

  async function watch(place: string, catalogId: string, device: string): Promise<Watched> {
    const origin = `http://${SERVER_ADDRESS}:${GATEWAY_PORT}`;
    const viewer = run(place, 'tests/nat/viewer.ts', [origin, catalogId, device.replaceAll(' ', '-')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    viewer.stdout?.on('data', (chunk: Buffer) => (printed += chunk));
    const status = await new Promise((resolve) => viewer.once('close', resolve));
    if (status !== 0) throw new Error(`the viewer failed:\n${output.join('')}`);
    return JSON.parse(printed) as Watched;
  }
});

function newFilm(path: string): Film {
  writeNewFilm(path);
  const film = readFileSync(path);
  const pieces = createPiecesHasher((data) => createHash('sha256').update(data).digest());
  pieces.update(film);
  return {
    catalogId: toHex(pieces.finish().root as Uint8Array),
    bytes: film.length,
    sha256: createHash('sha256').update(film).digest('hex'),
  };
}
