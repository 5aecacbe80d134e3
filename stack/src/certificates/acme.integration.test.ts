import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, requirePebble } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { certificateKeeper } from '../../testing/certificate-keeper.ts';
import { startPebble } from '../../testing/pebble.ts';
import { selfSigned } from './authority.ts';
import { writePair } from './stored.ts';

const program = requirePebble();

describe.skipIf(program.skip)('a certificate of a public authority', () => {
  let directory: string;
  let pebble: Awaited<ReturnType<typeof startPebble>>;
  let httpPort: number;
  let keeper: ReturnType<typeof certificateKeeper>;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'giggityflix-acme-'));
    const [acme, management, http] = (await freePorts(3)) as [number, number, number];
    httpPort = http;
    pebble = await startPebble({ path: program.path, directory, ports: { acme, management, http } });
    keeper = certificateKeeper(directory, {
      ACME_DIRECTORY_URL: pebble.directoryUrl,
      ACME_HTTP_PORT: String(httpPort),
      NODE_EXTRA_CA_CERTS: pebble.caPath,
    });
  });
  afterAll(async () => {
    await keeper?.stop();
    await pebble?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('is obtained, kept for its owner alone, and not asked for again', { timeout: 60_000 }, async () => {
    const domain = 'films.example.org';
    await keeper.start(domain);
    await expect.poll(() => keeper.pair(domain)?.leaf.issuer, { timeout: 30_000 }).toContain('Pebble');
    expect(keeper.pair(domain)?.leaf.checkHost(domain)).toBe(domain);
    for (const name of ['server.key', 'account.key', 'attempts.json'])
      expect(statSync(join(keeper.folder(domain), name)).mode & 0o777).toBe(0o600);
    const other = await fetch(`http://127.0.0.1:${httpPort}/title/1?a=b`, { redirect: 'manual' });
    expect([other.status, other.headers.get('location')]).toEqual([308, `https://${domain}/title/1?a=b`]);
    const unknown = await fetch(`http://127.0.0.1:${httpPort}/.well-known/acme-challenge/nothing`);
    expect(unknown.status).toBe(404);

    const [key, fingerprint] = [
      readFileSync(join(keeper.folder(domain), 'account.key'), 'utf8'),
      keeper.pair(domain)?.leaf.fingerprint256,
    ];
    await keeper.stop();
    const orders = pebble.orders();
    await keeper.start(domain);
    await expect
      .poll(() =>
        fetch(`http://127.0.0.1:${httpPort}/`, { redirect: 'manual' }).then(
          (r) => r.status,
          () => 0,
        ),
      )
      .toBe(308);
    expect(keeper.pair(domain)?.leaf.fingerprint256).toBe(fingerprint);
    expect(readFileSync(join(keeper.folder(domain), 'account.key'), 'utf8')).toBe(key);
    expect(pebble.orders()).toBe(orders);
    await keeper.stop();
  });

  it('is not asked for again at once by a process that starts again after a failure', {
    timeout: 60_000,
  }, async () => {
    const domain = 'refused.example.org';
    const [elsewhere] = (await freePorts(1)) as [number];
    // Nobody answers where the authority asks.
    await keeper.start(domain, { ACME_HTTP_PORT: String(elsewhere) });
    await expect
      .poll(() => keeper.log(), { timeout: 30_000 })
      .toMatch(/no certificate for refused.example.org: .*next attempt/);
    expect(keeper.pair(domain)?.leaf.subject).toContain('not vouched for');
    await keeper.stop();
    const orders = pebble.orders();
    expect(orders).toBeGreaterThan(0);
    await keeper.start(domain);
    await expect
      .poll(() =>
        fetch(`http://127.0.0.1:${httpPort}/`, { redirect: 'manual' }).then(
          (r) => r.status,
          () => 0,
        ),
      )
      .toBe(308);
    expect(pebble.orders()).toBe(orders);
    expect(existsSync(join(keeper.folder(domain), 'account.key'))).toBe(true);
    await keeper.stop();
  });

  it('says that a name leads nowhere', { timeout: 60_000 }, async () => {
    await keeper.start('films.nowhere.example');
    await expect
      .poll(() => keeper.log(), { timeout: 30_000 })
      .toMatch(
        /no certificate for films\.nowhere\.example: .*films\.nowhere\.example.*; the next attempt is at/,
      );
    await keeper.stop();
  });

  it('replaces one that has expired meanwhile, with which nobody can start', {
    timeout: 60_000,
  }, async () => {
    const domain = 'asleep.example.org';
    mkdirSync(keeper.folder(domain), { recursive: true });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2020-01-01') });
    const expired = await selfSigned([domain], domain).finally(() => vi.useRealTimers());
    writePair(keeper.files(domain), expired);
    const [elsewhere] = (await freePorts(1)) as [number];
    await keeper.start(domain, { ACME_DIRECTORY_URL: `https://localhost:${elsewhere}/dir` });
    await expect.poll(() => keeper.log(), { timeout: 30_000 }).toMatch(/is not reached: .*ECONNREFUSED/);
    expect(keeper.log()).toContain(`the certificate for ${domain} has expired`);
    expect(keeper.pair(domain)?.leaf.subject).toContain('not vouched for');
    expect(Date.parse(keeper.pair(domain)?.leaf.validTo ?? '')).toBeGreaterThan(Date.now());
    await keeper.start(domain);
    await expect.poll(() => keeper.pair(domain)?.leaf.issuer, { timeout: 30_000 }).toContain('Pebble');
    await keeper.stop();
  });
});
