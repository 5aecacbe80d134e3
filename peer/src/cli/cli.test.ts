import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hashFile } from '../hashing/hash-file.ts';
import { startPeer, temporaryDir, testConfig } from '../testing/harness.ts';

const BIN = fileURLToPath(new URL('../../bin/giggityflix-peer.js', import.meta.url));

function run(
  args: string[],
  env: Record<string, string> = {},
): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [BIN, ...args],
      { env: { PATH: process.env.PATH, ...env } },
      (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

const idOf = (path: string) => Buffer.from(hashFile({ path, algorithms: [] }).root).toString('hex');

/** Sizes and the pieces roots libtorrent 2.1.1 makes of files whose byte `i` is {@link foreignByte}. */
const FOREIGN_ROOTS: readonly [number, string][] = [
  [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
  [16_383, 'e08c7d58e58b9318263144a618d6f2b6f6825974decd9e6f9371567354b6f566'],
  [16_384, '4348e3b98e8a327b34ced39c1da9e67cdb4cd5e48e4d7960607a3ae403d35f0c'],
  [16_385, '5c4b07770bf0ae67dab836af8d330d7e4cff26158709542d908fd27156b75a69'],
  [262_144, 'cb337cacf6b424c64049b0801e75dcf84a54d5fac59a4007bc914671b000c65d'],
  [262_145, '92b79bd93881131d6785bcd38d17a294ded892075d42c07bc5e8af5b259ce340'],
  [5 * 1_048_576, '6ff0a3e8abe703df0ac2bb6f202782f6a4a47b9a39e06160aa789ab076be18d8'],
];
const foreignByte = (i: number) => (i % 251) ^ ((i >> 14) & 255);

describe('giggityflix-peer', { timeout: 60_000 }, () => {
  it('id prints what libtorrent, another implementation of BEP 52, computes', async () => {
    const dir = temporaryDir();
    const lines = FOREIGN_ROOTS.map(([size, root]) => {
      const path = join(dir, `${size}.bin`);
      writeFileSync(
        path,
        Uint8Array.from({ length: size }, (_, i) => foreignByte(i)),
      );
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

  it('config tells every setting and hides secrets', async () => {
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
