// cspell:ignore unshare
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseInvitedNetwork } from '@giggityflix/proto/invitation';
import {
  freePorts,
  ROOT,
  requireChromium,
  requirePebble,
  requireRoot,
  startStack,
  type TestStack,
} from '@giggityflix/testing';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startPebble } from '../../stack/testing/pebble.ts';
import { FINGERPRINT, servedCertificate } from '../../stack/testing/served.ts';
import { ensureBuilt } from '../../web/src/index.ts';
import { CHROMIUM_ARGS } from '../browser/chromium.ts';
import { trusting } from './trust.ts';
import { newVisitor, type Visitor } from './visitor.ts';

const DOMAIN = 'films.example.org';
const origin = `https://${DOMAIN}`;
const WAIT = { timeout: 60_000, interval: 100 };
const program = requireChromium();
const authority = requirePebble();
const root = requireRoot();

/** Names as they are on the internet: here, of this machine. */
const HOSTS = `127.0.0.1 localhost ${DOMAIN}\n`;

describe.skipIf(program.skip || authority.skip || root.skip)('a household on the internet', () => {
  const directory = mkdtempSync(join(tmpdir(), 'giggityflix-internet-'));
  let stack: TestStack;
  let pebble: Awaited<ReturnType<typeof startPebble>>;
  let browser: Browser;
  let owner: Visitor;

  beforeAll(async () => {
    await ensureBuilt();
    const [acme, management, http] = (await freePorts(3)) as [number, number, number];
    pebble = await startPebble({ path: authority.path!, directory, ports: { acme, management, http } });
    stack = await startStack({
      arguments: ['--domain', DOMAIN],
      env: {
        STACK_LAN_ADDRESSES: '127.0.0.1',
        ACME_DIRECTORY_URL: pebble.directoryUrl,
        ACME_HTTP_PORT: String(http),
        NODE_EXTRA_CA_CERTS: pebble.caPath,
      },
    });
    const ca = await pebble.root();
    for (const port of [stack.ports.GATEWAY_PORT, stack.ports.IDENTITY_PORT])
      await vi.waitFor(
        async () => expect(await servedCertificate({ port, name: DOMAIN, ca })).toMatch(FINGERPRINT),
        WAIT,
      );
    browser = await chromium.launch({
      executablePath: program.path,
      args: [
        ...CHROMIUM_ARGS.filter((each) => !each.startsWith('--host-resolver-rules')),
        // The first is what the router does.
        `--host-resolver-rules=MAP ${DOMAIN}:443 127.0.0.1:${stack.ports.GATEWAY_PORT}, MAP ${DOMAIN} 127.0.0.1`,
        trusting(join(stack.dataDir, 'tls', DOMAIN, 'server.pem')),
      ],
    });
    owner = await newVisitor(browser, {});
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await stack?.dispose();
    await pebble?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('is set up by its owner under its name, with a passkey, and plays', { timeout: 120_000 }, async () => {
    const link = () => /https:\/\/\S+\/invitation\/[\w-]+/.exec(stack.output())?.[0];
    await expect.poll(link, WAIT).toContain(`https://${DOMAIN}:${stack.ports.IDENTITY_PORT}/`);
    await owner.signUp(link()!, 'Anna', 'passkey');
    await owner.signIn(origin, 'Anna', 'passkey');
    await expect.poll(() => owner.titles().count(), WAIT).toBe(2);
    await owner.watch('Counting Seconds');
  });

  it('takes a friend’s machine by a link, over TLS with its certificate', { timeout: 120_000 }, async () => {
    const { page } = owner;
    await page.goto(`${origin}/#/account/peers`);
    await page.getByLabel('What to call the machine').fill('Ben’s laptop');
    await page.getByRole('button', { name: 'Make a link' }).click();
    const link = await page.getByLabel('Link', { exact: true }).inputValue();
    expect(parseInvitedNetwork(link)).toEqual({
      edges: [`${DOMAIN}:${stack.ports.EDGE_PORT}`],
      tls: true,
      authority: null,
    });
    const hosts = join(directory, 'hosts');
    writeFileSync(hosts, HOSTS);
    writeFileSync(join(directory, 'root.pem'), await pebble.root());
    const [HTTP_PORT] = await freePorts(1);
    const machine = (trust: string, ...parameters: string[]) =>
      [
        'unshare',
        ['-m', 'sh', '-ec', `mount --bind ${hosts} /etc/hosts; exec "$@"`, 'sh', process.execPath].concat(
          join(ROOT, 'peer/src/cli/main.ts'),
          parameters,
        ),
        {
          env: {
            PATH: process.env.PATH,
            HOME: join(directory, 'friend'),
            DATA_DIR: join(directory, 'friend'),
            HTTP_PORT: String(HTTP_PORT),
            ENABLE_UPNP: 'false',
            GRPC_RECONNECT_INTERVAL_SEC: '1',
            NODE_EXTRA_CA_CERTS: join(directory, trust),
          },
        },
      ] as const;
    const joined = spawnSync(...machine('root.pem', 'join', link));
    expect([joined.status, String(joined.stderr)]).toEqual([0, '']);
    const run = async (trust: string, said: RegExp) => {
      const daemon = spawn(...machine(trust, 'start'));
      let printed = '';
      for (const stream of [daemon.stdout, daemon.stderr]) stream.on('data', (chunk) => (printed += chunk));
      await expect.poll(() => printed, WAIT).toMatch(said);
      daemon.kill('SIGTERM');
      await once(daemon, 'close');
    };
    await run('pebble.crt', /no authority this peer trusts has signed/);
    await run('root.pem', /connected/);
  });
});
