import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@giggityflix/kernel';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Attempts, nextAttempt, storedAttempts } from './attempts.ts';
import { ensureAuthority } from './authority.ts';
import { createHomeName } from './home.ts';
import { type PairFiles, readPair, renewalTime, writePair } from './stored.ts';

const root = mkdtempSync(join(tmpdir(), 'giggityflix-authority-'));
afterAll(() => rmSync(root, { recursive: true }));
let directory: string;
let files: PairFiles;
let authority: PairFiles;
beforeEach(() => {
  directory = mkdtempSync(join(root, 'home-'));
  files = { certPath: join(directory, 'server.pem'), keyPath: join(directory, 'server.key') };
  authority = { certPath: join(directory, 'authority.pem'), keyPath: join(directory, 'authority.key') };
});
const logger = createLogger({ service: 'https', level: 'silent' });

/** What OpenSSL says of a certificate of the authority, which it alone trusts. */
function verdict(certPath: string): string {
  try {
    return execFileSync('openssl', ['verify', '-CAfile', authority.certPath, certPath], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  } catch (error) {
    return String((error as { stderr: string }).stderr);
  }
}

describe('the authority of a home', () => {
  it.each([
    [['giggityflix.local', 'localhost', '192.168.1.7', '10.0.0.3', '127.0.0.1', '::1', 'fd00::7'], /: OK/],
    [['203.0.113.9'], /: OK/],
    [['films.example'], /permitted subtree violation/],
    [['giggityflix.local', '198.51.100.7'], /permitted subtree violation/],
  ])('vouches for names and addresses of its network alone: %j', async (names, expected) => {
    const made = await ensureAuthority(authority, ['203.0.113.9']);
    writePair(files, await made.issue(names));
    expect(verdict(files.certPath)).toMatch(expected);
  });

  it('is made once, and its key is its owner’s', async () => {
    const made = await ensureAuthority(authority, []);
    expect(statSync(authority.keyPath).mode & 0o777).toBe(0o600);
    const again = await ensureAuthority(authority, []);
    expect(again.certificate.fingerprint256).toBe(made.certificate.fingerprint256);
  });
});

describe('the certificate of a home', () => {
  let keeper: ReturnType<typeof createHomeName> | undefined;
  afterEach(() => keeper?.stop());
  const keep = async (current: () => string[], addresses: string[] = ['192.168.1.7']) => {
    keeper = createHomeName({ files, authority, addresses, lookEveryMs: 20 }, { logger, current });
    await keeper.start();
    return () => new X509Certificate(readFileSync(files.certPath));
  };

  it('has the names and addresses of the machine, and is made anew when those change', async () => {
    let addresses = ['192.168.1.7'];
    const certificate = await keep(() => addresses);
    const first = certificate();
    expect(first.checkHost('giggityflix.local')).toBeTruthy();
    expect(first.checkIP('192.168.1.7')).toBeTruthy();
    addresses = ['192.168.1.8'];
    await expect.poll(() => certificate().checkIP('192.168.1.8')).toBeTruthy();
    expect(verdict(files.certPath)).toContain(': OK');
  });

  it('stays while it is good, and does not with another authority', async () => {
    const first = (await keep(() => []))().fingerprint256;
    await keeper?.stop();
    expect((await keep(() => []))().fingerprint256).toBe(first);
    await keeper?.stop();
    writeFileSync(authority.keyPath, 'damaged');
    expect((await keep(() => []))().fingerprint256).not.toBe(first);
    expect(verdict(files.certPath)).toContain(': OK');
  });

  it('leaves addresses of the internet out', async () => {
    const certificate = await keep(() => ['8.8.8.8', '10.0.0.3']);
    expect(certificate().checkIP('8.8.8.8')).toBeUndefined();
    expect(certificate().checkIP('10.0.0.3')).toBeTruthy();
  });
});

it('is renewed when a third of its life is left', () => {
  const validFrom = '2026-01-01T00:00:00Z';
  const validTo = '2026-04-01T00:00:00Z';
  expect(new Date(renewalTime({ validFrom, validTo })).toISOString()).toBe('2026-03-02T00:00:00.000Z');
});

describe('attempts at a public authority', () => {
  it('wait twice as long after each failure, up to a day', () => {
    const minutes = (failures: number) => nextAttempt({ failures, lastAt: 0 }) / 60_000;
    expect([0, 1, 2, 3, 20].map(minutes)).toEqual([0, 15, 30, 60, 1_440]);
  });

  it('are remembered, and those of another time are not of tomorrow', () => {
    const path = join(directory, 'attempts.json');
    const attempts = storedAttempts(path);
    const none: Attempts = { failures: 0, lastAt: 0 };
    expect(attempts.read()).toEqual(none);
    attempts.write({ failures: 2, lastAt: 1_000 });
    expect(attempts.read()).toEqual({ failures: 2, lastAt: 1_000 });
    attempts.write({ failures: 1, lastAt: Date.now() + 86_400_000 });
    expect(attempts.read().lastAt).toBeLessThanOrEqual(Date.now());
    writeFileSync(path, 'damaged');
    expect(attempts.read()).toEqual(none);
  });
});

it('reads no pair that does not match', async () => {
  const made = await ensureAuthority(authority, []);
  writePair(files, await made.issue(['localhost']));
  expect(readPair(files)).not.toBeNull();
  expect(readPair({ certPath: files.certPath, keyPath: authority.keyPath })).toBeNull();
});
