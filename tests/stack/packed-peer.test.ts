// cspell:ignore msvc
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePorts, ROOT, startStack, writeNewFilm } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

/** Packing compiles everything, and runs npm. */
const PACKING_MS = 180_000;
const WAIT = { timeout: 30_000, interval: 100 };

let folder: string;
let installed: string;
let archive: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'giggityflix-packed-'));
  archive = pack(join(folder, 'one'));
  installed = install(archive, join(folder, 'home'));
}, PACKING_MS);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function pack(out: string): string {
  execFileSync(process.execPath, [join(ROOT, 'scripts/pack-peer.ts'), '--out', out], { stdio: 'ignore' });
  return join(out, readdirSync(out).find((name) => name.endsWith('.tgz')) as string);
}

/** As npm does, with the packages of the checkout in place of the registry's: those versions are the ones it names. */
function install(from: string, home: string): string {
  const modules = join(home, 'node_modules');
  mkdirSync(modules, { recursive: true });
  execFileSync('tar', ['xzf', from, '-C', modules]);
  const target = join(modules, 'giggityflix-peer');
  execFileSync('mv', [join(modules, 'package'), target]);
  const { dependencies } = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8'));
  for (const [name, version] of Object.entries<string>(dependencies)) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(packageOfCheckout(name, version), join(modules, name));
  }
  return target;
}

function packageOfCheckout(name: string, version: string): string {
  const workspaces = [
    'peer',
    'proto',
    ...readdirSync(join(ROOT, 'platform')).map((one) => `platform/${one}`),
  ];
  const found = ['', ...workspaces]
    .map((workspace) => join(ROOT, workspace, 'node_modules', name))
    .find(
      (path) =>
        existsSync(path) && JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')).version === version,
    );
  if (!found) throw new Error(`${name}@${version} is not installed: npm install`);
  return found;
}

const run = (...parameters: string[]) =>
  execFileSync(process.execPath, [join(installed, 'bin/giggityflix-peer.js'), ...parameters], {
    encoding: 'utf8',
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder },
  });

describe('the packed peer', () => {
  it('is the same bytes each time', { timeout: PACKING_MS }, () => {
    const again = pack(join(folder, 'two'));
    expect(readFileSync(again).equals(readFileSync(archive))).toBe(true);
  });

  it('lies beside the sums of its files, which hold', () => {
    const sums = readdirSync(dirname(archive)).filter((name) => name.endsWith('.sha256'));
    expect(sums).toHaveLength(2);
    execFileSync('sha256sum', ['--check', '--quiet', sums.find((name) => name.endsWith('.tgz.sha256'))!], {
      cwd: dirname(archive),
    });
    const list = readFileSync(join(dirname(archive), sums.find((name) => name.includes('.files.'))!));
    const unpacked = mkdtempSync(join(folder, 'unpacked-'));
    execFileSync('tar', ['xzf', archive, '-C', unpacked]);
    execFileSync('sha256sum', ['--check', '--quiet', '--strict', '-'], { cwd: unpacked, input: list });
    const files = execFileSync('tar', ['tzf', archive], { encoding: 'utf8' }).trim().split('\n');
    expect(list.toString().trim().split('\n')).toHaveLength(files.length);
  });

  it('names every package that is installed with it, and its hash', () => {
    const { packages } = JSON.parse(readFileSync(join(installed, 'npm-shrinkwrap.json'), 'utf8'));
    const { '': self, ...others } = packages;
    expect(self.dependencies).toHaveProperty('node-datachannel');
    expect(Object.keys(others)).toContain('node_modules/@node-datachannel/win32-x64-msvc');
    for (const name of Object.keys(self.dependencies))
      expect(others).toHaveProperty([`node_modules/${name}`]);
    for (const [place, entry] of Object.entries<{ integrity?: string }>(others))
      expect(entry.integrity, place).toMatch(/^sha512-/);
  });

  it('has the command line of the daemon', () => {
    expect(run('--help')).toContain('join');
    expect(run('--version').trim()).toBe(
      JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')).version,
    );
  });

  it('shares a film with a platform, outside of the checkout', { timeout: 120_000 }, async () => {
    const stack = await startStack();
    onTestFinished(() => stack.dispose());
    const media = join(folder, 'films');
    mkdirSync(media);
    writeNewFilm(join(media, 'A Packed Film (2021).mp4'));
    const [port] = (await freePorts(1)) as [number];
    const daemon = spawn(
      process.execPath,
      [
        join(installed, 'bin/giggityflix-peer.js'),
        ...['start', '--media-dir', media, '--edge-address', `127.0.0.1:${stack.ports.EDGE_PORT}`],
        ...['--http-port', String(port), '--data-dir', join(folder, 'data')],
      ],
      { cwd: folder, env: { PATH: process.env.PATH, HOME: folder, ENABLE_UPNP: 'false' }, stdio: 'ignore' },
    );
    onTestFinished(async () => {
      if (daemon.exitCode !== null) return;
      daemon.kill('SIGTERM');
      await once(daemon, 'exit');
    });
    await expect
      .poll(async () => {
        const { data } = await stack.client.request('BrowseTitles', {
          first: 50,
          filter: { available: true },
        });
        return data?.titles.edges.map((edge: { node: { name: string } }) => edge.node.name);
      }, WAIT)
      .toContain('A Packed Film');
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toContain('Giggityflix peer');
  });
});
