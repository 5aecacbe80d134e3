import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { invitationLink, newInvitationCode } from '@giggityflix/proto/invitation';
import { FOREIGN_ROOTS, fileOfSize } from '@giggityflix/testing';
import { Metadata, status } from '@grpc/grpc-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startFakeEdge } from '../../testing/fake-edge.ts';
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
    for (const command of [
      'start',
      'join',
      'service',
      'scan',
      'status',
      'describe',
      'files',
      'id',
      'verify',
      'config',
    ])
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
    expect(find('INCLUDE_EXTENSIONS')).toMatchObject({
      value: expect.stringMatching(/^\.mp4,\.mkv,\.avi,\.mov,.*\.webm,\.ts,.*\.wmv/),
      isSet: false,
    });
    expect(out).not.toContain('hush');
  });

  it('files --explain says what each name was taken for, and why', async () => {
    const dir = temporaryDir();
    const config = testConfig(dir, { EDGE_GRPC_ADDRESS: '127.0.0.1:1', EXTRACT_METADATA: 'false' });
    const media = join(dir, 'media');
    mkdirSync(join(media, 'A Show', 'Season 3'), { recursive: true });
    writeFileSync(join(media, 'A Show', 'Season 3', '07 - Title.mp4'), 'bytes');
    writeFileSync(join(media, 'IMG_0001.mp4'), 'other bytes');
    await startPeer(config);
    const env = { DATA_DIR: config.peer.dataDir };
    expect((await run(['scan', '--wait'], env)).code).toBe(0);
    const { out } = await run(['files', '--explain'], env);
    for (const text of [
      '= A Show (episode, season 3, episode 7)',
      'because: title from the folder "A Show"',
      '= IMG_0001 (clip)',
      'because: "IMG_0001" is a name that a device gave',
    ])
      expect(out).toContain(text);
    const lines = (await run(['files', '--explain', '--json'], env)).out.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).explanation)).toContainEqual(
      expect.objectContaining({ title: 'A Show', season: 3, episode: 7, kind: 'EPISODE' }),
    );
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

  it('join keeps an invitation for its owner alone until an edge takes it', async () => {
    const dir = temporaryDir();
    const env = { DATA_DIR: join(dir, 'data') };
    const code = newInvitationCode();
    expect(await run(['join', 'no-code'], env)).toMatchObject({
      code: 2,
      err: expect.stringContaining('no invitation'),
    });
    expect(existsSync(env.DATA_DIR)).toBe(false);
    const kept = await run(['join', invitationLink(code)], env);
    expect(kept).toMatchObject({ code: 0, out: expect.stringContaining('when the daemon starts') });
    const file = join(env.DATA_DIR, 'invitation');
    expect(readFileSync(file, 'utf8')).toBe(`${code}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o600);

    const edge = await startFakeEdge();
    onTestFinished(() => edge.stop());
    const peer = await startPeer(testConfig(dir, { EDGE_GRPC_ADDRESS: edge.address }));
    await expect.poll(() => peer.status().edge.state).toBe('connected');
    expect(edge.enrolmentTokens).toEqual([code]);
    expect(existsSync(file)).toBe(false);
    expect((await run(['join', code], env)).out).toContain('admitted already');
    expect(existsSync(file)).toBe(false);
  });

  it('join has the running daemon use it at once, and prints what the edge says', async () => {
    const dir = temporaryDir();
    const env = { DATA_DIR: join(dir, 'data') };
    const edge = await startFakeEdge();
    onTestFinished(() => edge.stop());
    const refuse = (reason: string, code: status) => {
      const metadata = new Metadata();
      metadata.set('refusal-reason', reason);
      edge.refuse = { code, details: 'refused', metadata };
    };
    refuse('INVITATION_REQUIRED', status.UNAUTHENTICATED);
    const peer = await startPeer(testConfig(dir, { EDGE_GRPC_ADDRESS: edge.address }));
    await expect.poll(() => peer.status().edge.refusal).toBe('INVITATION_REQUIRED');
    expect((await run(['status'], env)).out).toContain('ask its operator for an invitation');

    refuse('INVITATION_REFUSED', status.UNAUTHENTICATED);
    const [used, pending, good] = [newInvitationCode(), newInvitationCode(), newInvitationCode()];
    expect(await run(['join', used], env)).toMatchObject({
      code: 1,
      err: expect.stringContaining('used, revoked or expired'),
    });
    refuse('PENDING_APPROVAL', status.PERMISSION_DENIED);
    expect(await run(['join', pending], env)).toMatchObject({
      code: 0,
      out: expect.stringContaining('an operator has to approve this peer'),
    });
    expect(existsSync(join(env.DATA_DIR, 'invitation'))).toBe(false);
    refuse('REVOKED', status.PERMISSION_DENIED);
    expect(await run(['join', pending], env)).toMatchObject({
      code: 1,
      err: expect.stringContaining('revoked this peer'),
    });
    edge.refuse = null;
    expect(await run(['join', good], env)).toMatchObject({
      code: 0,
      out: expect.stringContaining(`joined as ${peer.status().peerId}`),
    });
    expect(edge.enrolmentTokens).toEqual(['', used, pending, pending, good]);
  });

  it('the invitation of a variable is used until an edge takes it', async () => {
    const dir = temporaryDir();
    const code = newInvitationCode();
    const edge = await startFakeEdge();
    onTestFinished(() => edge.stop());
    const link = invitationLink(code);
    const config = testConfig(dir, { EDGE_GRPC_ADDRESS: edge.address, PEER_INVITATION: link });
    const peer = await startPeer(config);
    await expect.poll(() => peer.status().edge.state).toBe('connected');
    edge.cut();
    await expect.poll(() => edge.connections).toBe(2);
    expect(edge.enrolmentTokens).toEqual([code, '']);
    const wrong = await run(['start'], { DATA_DIR: join(dir, 'other'), PEER_INVITATION: 'wrong-code' });
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('PEER_INVITATION') });
    expect(wrong.err).not.toContain('wrong-code');
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
