import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FOREIGN_ROOTS, fileOfSize } from '@giggityflix/testing';
import { describe, expect, it } from 'vitest';
import { startPeer, temporaryDir, testConfig } from '../../testing/harness.ts';
import { hashFile } from '../hashing/hash-file.ts';

const BIN = fileURLToPath(new URL('../../bin/giggityflix-peer.js', import.meta.url));

function run(
  args: string[],
  env: Record<string, string> = {},
  program = BIN,
): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, ...args],
      { env: { PATH: process.env.PATH, ...env } },
      (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

const idOf = (path: string) => Buffer.from(hashFile({ path, algorithms: [] }).root).toString('hex');

describe('giggityflix-peer', { timeout: 60_000 }, () => {
  it('id prints what libtorrent, another implementation of BEP 52, computes', async () => {
    const dir = temporaryDir();
    const lines = FOREIGN_ROOTS.map(([size, root]) => {
      const path = join(dir, `${size}.bin`);
      writeFileSync(path, fileOfSize(size));
      return { path, text: `${root}  ${path}\n` };
    });
    const printed = await run(['id', ...lines.map(({ path }) => path)]);
    expect(printed.out).toBe(lines.map(({ text }) => text).join(''));
  });

  it('id prints the pieces root, and for a file it cannot read the reason', async () => {
    const dir = temporaryDir();
    const film = join(dir, 'a film 🎬\nin two lines.mp4');
    const empty = join(dir, 'empty.mp4');
    writeFileSync(film, 'some bytes');
    writeFileSync(empty, '');
    expect(await run(['id', film])).toEqual({ code: 0, out: `${idOf(film)}\n`, err: '' });
    const both = await run(['id', film, empty]);
    expect(both).toMatchObject({ code: 1, out: `${idOf(film)}  ${film.replace('\n', '\\n')}\n` });
    expect(both.err).toContain('the file is empty');
    expect(JSON.parse((await run(['id', '--json', film])).out)).toMatchObject({
      path: film,
      catalogId: idOf(film),
      sizeBytes: 10,
    });
  });

  it('its program without the command line takes the arguments of start, and refuses others', async () => {
    const main = fileURLToPath(new URL('../main.ts', import.meta.url));
    const start = (args: string[]) => run(args, {}, main);
    expect(await start(['--media-dirs', '/films'])).toMatchObject({
      code: 2,
      err: expect.stringContaining("unknown option '--media-dirs'"),
    });
    expect(await start(['run'])).toMatchObject({ code: 2, err: expect.stringContaining("'run'") });
    expect(await start(['start', '--http-port', 'x'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('HTTP_PORT'),
    });
    expect((await start(['--help'])).out).toContain('--media-dir');
  });

  it('teaches: help for every command, and exit code 2 for what it does not know', async () => {
    const help = await run(['--help']);
    expect(help.code).toBe(0);
    for (const command of ['start', 'scan', 'status', 'describe', 'files', 'id', 'verify', 'config'])
      expect(help.out).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    expect((await run(['start', '--help'])).out).toContain('--media-dir');
    expect((await run(['dance'])).code).toBe(2);
  });

  it('names every variable that is wrong', async () => {
    const { code, err } = await run(['config'], {
      HASH_ALGORITHMS: 'rot13',
      HTTP_PORT: '99999',
      DATA_DIR: '',
    });
    expect(code).toBe(2);
    for (const name of ['HASH_ALGORITHMS', 'HTTP_PORT', 'DATA_DIR']) expect(err).toContain(name);
    const contradicting = { AUTO_GENERATE_ID: 'false', GRPC_CLIENT_CERT_PATH: '/some.crt' };
    const start = await run(['start'], contradicting);
    expect(start.code).toBe(2);
    for (const name of ['PEER_ID', 'GRPC_CLIENT_KEY_PATH']) expect(start.err).toContain(name);
  });

  it('config shows every setting and hides secrets', async () => {
    const { out } = await run(['config', '--json'], { TURN_PASSWORD: 'hush', SCAN_INTERVAL_MINUTES: '5' });
    const settings = JSON.parse(out) as { name: string; value: string; isSet: boolean }[];
    const find = (name: string) => settings.find((setting) => setting.name === name);
    expect(find('SCAN_INTERVAL_MINUTES')).toMatchObject({ value: '5', isSet: true });
    expect(find('INCLUDE_EXTENSIONS')).toMatchObject({ value: '.mp4,.mkv,.avi,.mov', isSet: false });
    expect(out).not.toContain('hush');
  });

  it('has codes of their own for no daemon and for a second one', async () => {
    const dir = temporaryDir();
    const env = { DATA_DIR: join(dir, 'data') };
    expect(await run(['status'], env)).toMatchObject({
      code: 3,
      err: expect.stringContaining('no daemon runs'),
    });
    await startPeer(testConfig(dir));
    expect(await run(['start'], env)).toMatchObject({
      code: 4,
      err: expect.stringContaining('already runs'),
    });
  });

  it('asks the running daemon to scan, for its status, its files and their soundness', async () => {
    const dir = temporaryDir();
    const config = testConfig(dir, { WATCH: 'false' });
    await startPeer(config);
    const film = join(dir, 'media', 'a.mp4');
    writeFileSync(film, 'some bytes');
    const env = { DATA_DIR: join(dir, 'data') };
    expect(JSON.parse((await run(['scan', '--wait', '--json'], env)).out)).toMatchObject({ removed: 0 });
    expect(JSON.parse((await run(['status', '--json'], env)).out).library.shared.files).toBe(1);
    expect((await run(['describe'], env)).out).toBe('1 film to be described again\n');
    expect((await run(['status'], env)).out).toContain('1 file,');
    expect((await run(['files'], env)).out).toMatch(/^shared .*a\.mp4$/m);
    expect((await run(['files', '--state', 'lost'], env)).code).toBe(2);
    expect(await run(['verify'], env)).toMatchObject({
      code: 0,
      out: '1 of 1 files are as they were hashed\n',
    });
    writeFileSync(film, 'SOME BYTES');
    expect(await run(['verify'], env)).toMatchObject({
      code: 1,
      out: expect.stringContaining('not those that were hashed'),
    });
  });
});
