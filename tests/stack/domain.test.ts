// cspell:ignore servername
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { freePorts, requirePebble, startStack, type TestStack } from '@giggityflix/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPebble } from '../../stack/testing/pebble.ts';
import { FINGERPRINT, servedCertificate } from '../../stack/testing/served.ts';

const DOMAIN = 'films.example.org';
const WAIT = { timeout: 90_000, interval: 250 };
/** Renewed when a third of that is left. Long enough for those who serve it to look for a new one. */
const VALID_SECONDS = 60;
const program = requirePebble();

describe.skipIf(program.skip)('npm start -- --domain', () => {
  const directory = mkdtempSync(join(tmpdir(), 'giggityflix-domain-'));
  let stack: TestStack;
  let pebble: Awaited<ReturnType<typeof startPebble>> | undefined;
  let ports: { acme: number; management: number; http: number };
  let root = '';

  beforeAll(async () => {
    const [acme, management, http] = (await freePorts(3)) as [number, number, number];
    ports = { acme, management, http };
    stack = await startStack({
      arguments: ['--domain', DOMAIN],
      env: {
        STACK_LAN_ADDRESSES: '127.0.0.1',
        ACME_DIRECTORY_URL: `https://localhost:${acme}/dir`,
        ACME_HTTP_PORT: String(http),
        // Made by Pebble's start; nobody is trusted by it before.
        NODE_EXTRA_CA_CERTS: join(directory, 'pebble.crt'),
      },
    });
  }, 90_000);
  afterAll(async () => {
    await stack?.dispose();
    await pebble?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const said = () => stripVTControlCharacters(stack.output());
  const served = () => [stack.ports.GATEWAY_PORT, stack.ports.IDENTITY_PORT, stack.ports.EDGE_PORT];
  const certificateAt = (port: number) => servedCertificate({ port, name: DOMAIN, ca: root });
  const page = (port: number, path: string) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const to = { host: '127.0.0.1', port, servername: DOMAIN, ca: root, agent: false, path };
      const sent = request({ ...to, headers: { host: `${DOMAIN}:${port}` } }, async (response) => {
        let body = '';
        for await (const part of response) body += part;
        resolve({ status: response.statusCode ?? 0, body });
      });
      sent.once('error', reject).end();
    });

  it('is up, and says what is wrong, while the authority is down', { timeout: 90_000 }, async () => {
    await expect
      .poll(said, WAIT)
      .toMatch(/no certificate for films\.example\.org: .*is not reached: .*REFUSED/);
    expect(said()).toContain('trying again every minute');
    expect(said()).toContain(`https://${DOMAIN}`);
    await expect.poll(() => certificateAt(stack.ports.GATEWAY_PORT), WAIT).toContain('self-signed');
    expect(await stack.client.request('{ titles(first: 1) { totalCount } }')).not.toHaveProperty('errors');
  });

  it('serves the page, sign-in and the edge with the certificate it gets', { timeout: 120_000 }, async () => {
    expect(await stack.interrupt()).toBe(0);
    pebble = await startPebble({ path: program.path!, directory, ports, validSeconds: VALID_SECONDS });
    root = await pebble.root();
    await stack.restart();
    for (const port of served()) await expect.poll(() => certificateAt(port), WAIT).toMatch(FINGERPRINT);
    const { GATEWAY_PORT, IDENTITY_PORT } = stack.ports;
    const home = await page(GATEWAY_PORT, '/');
    expect([home.status, home.body]).toEqual([200, expect.stringContaining('<html')]);
    const issuer = `https://${DOMAIN}:${IDENTITY_PORT}`;
    expect(JSON.parse((await page(GATEWAY_PORT, '/sign-in.json')).body)).toMatchObject({
      signIn: { issuer },
    });
    const discovery = await page(IDENTITY_PORT, '/.well-known/openid-configuration');
    expect(JSON.parse(discovery.body)).toMatchObject({ issuer });
  });

  it('takes a renewed one before the end of the old one, without a restart', {
    timeout: 180_000,
  }, async () => {
    const names = ['hub', 'edge'] as const;
    const processes = () => names.map((name) => stack.pidOf(name));
    const [before, orders] = [processes(), pebble?.orders() ?? 0];
    const old = new Set(await Promise.all(served().map(certificateAt)));
    for (const port of served())
      await expect
        .poll(async () => {
          const now = await certificateAt(port);
          return FINGERPRINT.test(now) && !old.has(now);
        }, WAIT)
        .toBe(true);
    expect(pebble?.orders()).toBeGreaterThan(orders);
    expect(processes()).toEqual(before);
  });
});
