import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, requirePebble } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPebble } from '../../testing/pebble.ts';
import { HTTPS_VARIABLE } from '../https-choice.ts';
import { readPair } from './stored.ts';

const program = requirePebble();

describe.skipIf(program.skip)('a certificate of a public authority', () => {
  let directory: string;
  let pebble: Awaited<ReturnType<typeof startPebble>>;
  let httpPort: number;
  let keeper: ChildProcess | null = null;
  let log = '';
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'giggityflix-acme-'));
    const [acme, management, http] = (await freePorts(3)) as [number, number, number];
    httpPort = http;
    pebble = await startPebble({ path: program.path, directory, ports: { acme, management, http } });
  });
  afterAll(async () => {
    await stop();
    await pebble?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  /** The process that keeps the certificate, as `npm start -- --domain` runs it. */
  const start = async (domain: string, env: Record<string, string> = {}) => {
    await stop();
    log = '';
    const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
      env: {
        PATH: process.env.PATH,
        STACK_DATA_DIR: join(directory, 'data'),
        [HTTPS_VARIABLE]: JSON.stringify({ kind: 'domain', domain }),
        ACME_DIRECTORY_URL: pebble.directoryUrl,
        ACME_HTTP_PORT: String(httpPort),
        NODE_EXTRA_CA_CERTS: pebble.caPath,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += chunk));
    keeper = child;
  };
  const stop = async () => {
    const child = keeper;
    keeper = null;
    if (!child) return;
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    await ended;
  };
  const folder = (domain: string) => join(directory, 'data/tls', domain);
  const pair = (domain: string) =>
    readPair({ certPath: join(folder(domain), 'server.pem'), keyPath: join(folder(domain), 'server.key') });

  it('is obtained, kept for its owner alone, and not asked for again', { timeout: 60_000 }, async () => {
    const domain = 'films.example.org';
    await start(domain);
    await expect.poll(() => pair(domain)?.leaf.issuer, { timeout: 30_000 }).toContain('Pebble');
    expect(pair(domain)?.leaf.checkHost(domain)).toBe(domain);
    for (const name of ['server.key', 'account.key', 'attempts.json'])
      expect(statSync(join(folder(domain), name)).mode & 0o777).toBe(0o600);
    const other = await fetch(`http://127.0.0.1:${httpPort}/title/1?a=b`, { redirect: 'manual' });
    expect([other.status, other.headers.get('location')]).toEqual([
      308,
      `https://${domain}:4000/title/1?a=b`,
    ]);
    const unknown = await fetch(`http://127.0.0.1:${httpPort}/.well-known/acme-challenge/nothing`);
    expect(unknown.status).toBe(404);

    const [key, fingerprint] = [
      readFileSync(join(folder(domain), 'account.key'), 'utf8'),
      pair(domain)?.leaf.fingerprint256,
    ];
    await stop();
    const orders = pebble.orders();
    await start(domain);
    await expect
      .poll(() =>
        fetch(`http://127.0.0.1:${httpPort}/`, { redirect: 'manual' }).then(
          (r) => r.status,
          () => 0,
        ),
      )
      .toBe(308);
    expect(pair(domain)?.leaf.fingerprint256).toBe(fingerprint);
    expect(readFileSync(join(folder(domain), 'account.key'), 'utf8')).toBe(key);
    expect(pebble.orders()).toBe(orders);
    await stop();
  });

  it('is not asked for again at once by a process that starts again after a failure', {
    timeout: 60_000,
  }, async () => {
    const domain = 'refused.example.org';
    const [elsewhere] = (await freePorts(1)) as [number];
    // Nobody answers where the authority asks.
    await start(domain, { ACME_HTTP_PORT: String(elsewhere) });
    await expect
      .poll(() => log, { timeout: 30_000 })
      .toMatch(/no certificate for refused.example.org: .*next attempt/);
    expect(pair(domain)?.leaf.subject).toContain('not vouched for');
    await stop();
    const orders = pebble.orders();
    expect(orders).toBeGreaterThan(0);
    await start(domain);
    await expect
      .poll(() =>
        fetch(`http://127.0.0.1:${httpPort}/`, { redirect: 'manual' }).then(
          (r) => r.status,
          () => 0,
        ),
      )
      .toBe(308);
    expect(pebble.orders()).toBe(orders);
    expect(existsSync(join(folder(domain), 'account.key'))).toBe(true);
    await stop();
  });
});
