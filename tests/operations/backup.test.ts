import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lanAddresses } from '@giggityflix/kernel/lan-addresses';
import { createGraphQLClient, readiness, startStack, type TestStack } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readManifest, verifyParts } from '../../scripts/backup/manifest.ts';
import { runCommand } from './command.ts';
import { signIn, signUp } from './sign-in.ts';

const WAIT = { timeout: 90_000, interval: 100 };
const directory = mkdtempSync(join(tmpdir(), 'giggityflix-backup-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const PROGRESS = '{ continueWatching { catalogId positionSeconds file { title { name } } } }';

const [address] = lanAddresses();

describe.skipIf(!address)('a household that was backed up while it ran', () => {
  const backup = join(directory, 'backup');
  let stack: TestStack;
  let page: string;
  let issuer: string;

  beforeAll(async () => {
    stack = await startStack({
      arguments: ['--lan'],
      env: { STACK_LAN_ADDRESSES: address!, LOG_LEVEL: 'warn' },
      waitUntilReady: false,
    });
    page = `http://${address}:${stack.ports.GATEWAY_PORT}/`;
    issuer = `http://${address}:${stack.ports.IDENTITY_PORT}`;
    await ready();
  }, 240_000);
  afterAll(() => stack?.dispose());

  const ready = () =>
    vi.waitFor(async () => expect(await readiness(stack.origin)).toBe('ready'), {
      ...WAIT,
      timeout: 120_000,
    });

  const anna = async () =>
    createGraphQLClient(page.slice(0, -1), { token: await signIn(issuer, page, 'anna') });
  const restore = (...args: string[]) =>
    runCommand('restore.ts', ['--from', backup, ...args], { STACK_DATA_DIR: stack.dataDir });

  it('is filled: an account, titles, a position', { timeout: 240_000 }, async () => {
    const link = () => /http:\/\/\S+\/invitation\/[\w-]+/.exec(stack.output())?.[0];
    await expect.poll(link, WAIT).toBeDefined();
    expect(await signUp(link()!, 'anna')).toBe(201);
    const client = await anna();
    const titles = async () =>
      (await client.request('BrowseTitles', { first: 10, filter: { available: true } })).data?.titles.edges ??
      [];
    await expect.poll(async () => (await titles()).length, WAIT).toBe(2);
    const [{ node }] = await titles();
    const { data: own } = await client.request('{ me { profiles { id } } }');
    const { data } = await client.request('CreatePlaybackSession', {
      input: { profileId: own.me.profiles[0].id, catalogId: node.files[0].catalogId, deviceId: 'd' },
    });
    const { id: sessionId } = data.createPlaybackSession.session;
    await client.request('PlaybackHeartbeat', { sessionId, positionSeconds: 4.5 });
    await expect
      .poll(async () => (await client.request(PROGRESS)).data?.continueWatching, WAIT)
      .toMatchObject([{ positionSeconds: 4.5 }]);
    await client.close();
  });

  it('has a backup that its owner alone can read', { timeout: 240_000 }, async () => {
    const run = (...args: string[]) =>
      runCommand('backup.ts', ['--to', backup, ...args], { STACK_DATA_DIR: stack.dataDir });
    const { code, err } = await run();
    expect([code, err]).toEqual([0, '']);
    const files = readdirSync(backup, { recursive: true, withFileTypes: true });
    for (const file of files) {
      const { mode } = statSync(join(file.parentPath, file.name));
      expect([file.name, mode & 0o777]).toEqual([file.name, file.isFile() ? 0o600 : 0o700]);
    }
    expect(files.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['identity.db', 'giggityflix.db', 'bus.db', 'peer.key', 'manifest.json']),
    );
    expect((await run()).err).toContain('is not empty');
    expect((await run('--force')).code).toBe(0);
    writeFileSync(join(directory, 'mine.txt'), 'mine');
    const refused = await runCommand('backup.ts', ['--to', directory, '--force'], {
      STACK_DATA_DIR: stack.dataDir,
    });
    expect(refused.err).toContain('holds no backup');
    expect(readFileSync(join(directory, 'mine.txt'), 'utf8')).toBe('mine');
  });

  it('is not restored over itself, running or not', { timeout: 240_000 }, async () => {
    expect((await restore('--force')).err).toContain('stop it first');
    await stack.interrupt();
    const before = readdirSync(stack.dataDir);
    expect((await restore()).err).toContain('is not empty');
    expect(readdirSync(stack.dataDir)).toEqual(before);
  });

  it.each<[string, (folder: string) => void, RegExp]>([
    [
      'a truncated part',
      (folder) => truncateSync(join(folder, 'state/identity.db'), 4_096),
      /identity\.db has 4096 bytes/,
    ],
    [
      'a changed byte',
      (folder) => flip(join(folder, 'state/giggityflix.db')),
      /giggityflix\.db has other contents/,
    ],
    ['a missing part', (folder) => rmSync(join(folder, 'peer/peer.key')), /peer\.key is missing/],
    ['no manifest', (folder) => rmSync(join(folder, 'manifest.json')), /is no backup/],
    ['half a manifest', (folder) => truncateSync(join(folder, 'manifest.json'), 100), /is no backup/],
    ['a newer format', (folder) => edit(folder, (manifest) => ({ ...manifest, version: 2 })), /format 2/],
    [
      'a newer release',
      (folder) => edit(folder, (manifest) => ({ ...manifest, release: '99.0.0' })),
      /update first/,
    ],
    [
      'a part outside of it',
      (folder) => edit(folder, escaping),
      /manifest\.json .* is damaged: parts\.0\.path/,
    ],
  ])('is not restored from a backup with %s', async (_what, damage, message) => {
    const damaged = mkdtempSync(join(directory, 'damaged-'));
    cpSync(backup, damaged, { recursive: true });
    damage(damaged);
    await expect(async () => verifyParts(damaged, readManifest(damaged))).rejects.toThrow(message);
  });

  it('changes nothing where the backup is damaged', { timeout: 240_000 }, async () => {
    const damaged = mkdtempSync(join(directory, 'damaged-'));
    cpSync(backup, damaged, { recursive: true });
    truncateSync(join(damaged, 'bus/bus.db'), 4_096);
    const before = contents(stack.dataDir);
    const { code, err } = await runCommand('restore.ts', ['--from', damaged, '--force'], {
      STACK_DATA_DIR: stack.dataDir,
    });
    expect([code, err]).toEqual([1, expect.stringContaining('is damaged, and nothing was changed')]);
    expect(contents(stack.dataDir)).toEqual(before);
  });

  it('is destroyed, restored, and serves as before', { timeout: 400_000 }, async () => {
    rmSync(stack.dataDir, { recursive: true });
    expect((await restore('--verify')).out).toContain('is complete');
    const { code, err } = await restore();
    expect([code, err]).toEqual([0, '']);
    await stack.restart();
    await ready();
    const client = await anna();
    expect((await client.request(PROGRESS)).data.continueWatching).toMatchObject([
      { positionSeconds: 4.5, file: { title: { name: expect.any(String) } } },
    ]);
    const available = async () =>
      (await client.request('BrowseTitles', { first: 10, filter: { available: true } })).data?.titles
        .totalCount;
    await expect.poll(available, WAIT).toBe(2);
    await client.close();
    await stack.interrupt();
    const forced = await restore('--force');
    expect(forced.out).toContain('What was there is in');
  });
});

function flip(file: string): void {
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1]! ^= 0xff;
  writeFileSync(file, bytes);
}

type Change = (manifest: Record<string, unknown>) => object;

function edit(folder: string, change: Change): void {
  const file = join(folder, 'manifest.json');
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')))));
}

const escaping: Change = ({ parts, ...manifest }) => {
  const [first, ...rest] = parts as object[];
  return { ...manifest, parts: [{ ...first, path: '../../outside' }, ...rest] };
};

/** Every file of a folder with its time of change. */
function contents(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => `${file} ${statSync(file).mtimeMs} ${statSync(file).size}`)
    .sort();
}
