import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Emulator } from '../link/start.ts';
import type { Contender, SharedFilm } from './contenders.ts';

/**
 * Not a dependency of the workspace: its 180 packages, one of which cannot be installed with npm's scripts on, serve this bench
 * alone. It loads a version of the WebRTC library that is built at installation, without using it here: ours takes its place.
 */
const MANIFEST = {
  private: true,
  dependencies: { webtorrent: '3.0.21' },
  overrides: { 'node-datachannel': '0.33.4' },
};
const DIRECTORY = join(import.meta.dirname, '../../node_modules/.cache/bench-webtorrent');

/** To a process that runs a WebTorrent client, and back. */
export type ToTorrent =
  | { type: 'seed'; entry: string; path: string }
  | { type: 'fetch'; entry: string; torrent: string; ports: number[]; seconds: number };
export type FromTorrent =
  | { type: 'seeding'; torrent: string; port: number }
  | { type: 'result'; bytes: number; ms: number };

/**
 * WebTorrent between Node.js processes, over uTP, which it tries first and which runs over UDP as WebRTC does.
 *
 * @throws when the package is not here and cannot be installed.
 */
export async function createWebTorrent(
  emulator: Emulator,
  film: SharedFilm,
  peers: number,
): Promise<Contender> {
  const entry = await install();
  const seeders = Array.from({ length: peers }, () => startProcess());
  const seeding = await Promise.all(
    seeders.map(async (seeder) => {
      seeder.send({ type: 'seed', entry, path: film.path } satisfies ToTorrent);
      return (await answerOf(seeder)) as FromTorrent & { type: 'seeding' };
    }),
  );
  return {
    async measure(profile, sources, seconds) {
      const chosen = seeding.slice(0, sources);
      const links = await Promise.all(
        chosen.map(({ port }, nth) => emulator.openUdp(profile, { nth, far: port })),
      );
      // A client of its own each time: it keeps what it has.
      const fetcher = startProcess();
      const torrent = seeding[0]?.torrent as string;
      const ports = links.map(({ near }) => near);
      fetcher.send({ type: 'fetch', entry, torrent, ports, seconds } satisfies ToTorrent);
      const result = (await answerOf(fetcher)) as FromTorrent & { type: 'result' };
      fetcher.disconnect();
      for (const link of links) link.close();
      return result.bytes / 1e6 / (result.ms / 1_000);
    },
    stop: () => {
      for (const seeder of seeders) seeder.disconnect();
    },
  };
}

function startProcess(): ChildProcess {
  return fork(new URL('./torrent.ts', import.meta.url), { stdio: 'inherit' });
}

async function answerOf(child: ChildProcess): Promise<FromTorrent> {
  const gone = once(child, 'exit').then(() => Promise.reject(new Error('WebTorrent has ended')));
  gone.catch(() => {});
  const [answer] = await Promise.race([once(child, 'message'), gone]);
  return answer as FromTorrent;
}

async function install(): Promise<string> {
  const entry = join(DIRECTORY, 'node_modules/webtorrent/index.js');
  if (!existsSync(entry)) {
    await mkdir(DIRECTORY, { recursive: true });
    await writeFile(join(DIRECTORY, 'package.json'), JSON.stringify(MANIFEST));
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
    await promisify(execFile)('npm', ['install', ...options], { cwd: DIRECTORY });
  }
  return entry;
}
