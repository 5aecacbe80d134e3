// cspell:ignore Chrom
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseInvitedNetwork } from '@giggityflix/proto/invitation';
import {
  ROOT,
  requireChromium,
  requireRoot,
  startStack,
  type TestStack,
  writeNewFilm,
} from '@giggityflix/testing';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { LAN_NAME } from '../../stack/src/lan.ts';
import { ensureBuilt } from '../../web/src/index.ts';
import { CHROMIUM_ARGS } from '../browser/chromium.ts';
import { createHomeNetwork, type HomeNetwork } from './network.ts';
import { trusting } from './trust.ts';
import { newVisitor, SOFA, type Visitor } from './visitor.ts';

const program = requireChromium();
const root = requireRoot();
const WAIT = { timeout: 60_000, interval: 100 };

const WAYS = [
  { scheme: 'http', argument: '--lan', way: 'password' },
  { scheme: 'https', argument: '--https', way: 'passkey' },
] as const;

describe.skipIf(program.skip || root.skip).each(WAYS)(
  'a household, from another machine by $scheme',
  ({ scheme, argument, way }) => {
    let network: HomeNetwork;
    let stack: TestStack;
    let browser: Browser;
    let origin: string;
    let issuer: string;
    let owner: Visitor;
    let friend: Visitor;
    let tv: Visitor;

    beforeAll(async () => {
      await ensureBuilt();
      network = createHomeNetwork();
      const { address } = network;
      stack = await startStack({
        arguments: [argument],
        env: { STACK_LAN_ADDRESSES: address, LOG_LEVEL: 'warn' },
      });
      // What is for everyone is in a folder of its own, and says for whom it is.
      const folder = join(stack.mediaDir, 'Family');
      mkdirSync(folder);
      const film = 'Counting Seconds (2026)';
      writeFileSync(
        join(folder, `${film}.nfo`),
        '<movie><title>Counting Seconds</title><year>2026</year><mpaa>DE:FSK 6</mpaa></movie>',
      );
      renameSync(join(stack.mediaDir, `${film}.mp4`), join(folder, `${film}.mp4`));
      const host = scheme === 'https' ? LAN_NAME : address;
      origin = `${scheme}://${host}:${stack.ports.GATEWAY_PORT}`;
      issuer = `${scheme}://${host}:${stack.ports.IDENTITY_PORT}`;
      browser = await chromium.launch({
        executablePath: network.program(program.path!),
        args: [
          ...CHROMIUM_ARGS.filter((each) => !each.startsWith('--host-resolver-rules')),
          `--host-resolver-rules=MAP ${LAN_NAME} ${address}`,
          '--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests',
          ...(scheme === 'https' ? [trusting(join(stack.dataDir, 'tls/home/server.pem'))] : []),
        ],
      });
      owner = await newVisitor(browser, {});
      friend = await newVisitor(browser);
      tv = await newVisitor(browser, SOFA);
    }, 180_000);
    afterAll(async () => {
      await browser?.close();
      await stack?.dispose();
      network?.remove();
    });

    /** Another machine of the network, with the command line of a peer. */
    function machine(name: string) {
      const home = join(stack.dataDir, name);
      const env = {
        PATH: process.env.PATH,
        HOME: home,
        DATA_DIR: home,
        HTTP_PORT: '0',
        ENABLE_UPNP: 'false',
      };
      const command = (...parameters: string[]) =>
        [network.program(process.execPath), [join(ROOT, 'peer/src/cli/main.ts'), ...parameters], { env }] as [
          string,
          string[],
          { env: NodeJS.ProcessEnv },
        ];
      return {
        home,
        command,
        start(...parameters: string[]) {
          const daemon = spawn(...command('start', ...parameters));
          let printed = '';
          for (const stream of [daemon.stdout, daemon.stderr])
            stream.on('data', (chunk) => (printed += chunk));
          return {
            said: () => printed,
            async stop() {
              const closed = once(daemon, 'close');
              daemon.kill('SIGTERM');
              await closed;
            },
          };
        },
      };
    }

    it('is set up by its owner', { timeout: 120_000 }, async () => {
      const link = () => /https?:\/\/\S+\/invitation\/[\w-]+/.exec(stack.output())?.[0];
      await expect.poll(link, WAIT).toContain(issuer);
      await owner.signUp(link()!, 'Anna', way);
      await owner.signIn(origin, 'Anna', way);
      expect(await owner.page.evaluate('isSecureContext')).toBe(scheme === 'https');
      await expect.poll(() => owner.titles().count(), WAIT).toBe(2);
    });

    it('lets its owner make a library, and invite someone to it', { timeout: 120_000 }, async () => {
      const { page } = owner;
      await page.goto(`${origin}/#/account/libraries`);
      await page.getByText('Make a library').click();
      await page.getByLabel('Name').fill('Family');
      await page.getByLabel(/^Or folders of /).fill('media/Family');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('heading', { name: 'Family', exact: true }).waitFor();
      await page.goto(`${origin}/#/account/invitations`);
      await page.getByLabel('Who it is for').fill('Ben');
      await page.getByRole('radio', { name: 'Some libraries' }).check({ force: true });
      await page.getByRole('checkbox', { name: 'Family' }).check();
      await page.getByRole('button', { name: 'Make a link' }).click();
      const link = await page.getByLabel('Link', { exact: true }).inputValue();
      await friend.signUp(link, 'Ben', way);
    });

    it('shows a friend on a phone what is for them alone, which plays and seeks', {
      timeout: 120_000,
    }, async () => {
      await friend.signIn(origin, 'Ben', way);
      await expect.poll(() => friend.titles().allInnerTexts(), WAIT).toHaveLength(1);
      await friend.watch('Counting Seconds');
    });

    it('signs a TV in by a code, and takes its film from it once it is revoked', {
      timeout: 180_000,
    }, async () => {
      await friend.page.goto(`${origin}/#/`);
      await tv.signInByCode(origin, (code) => friend.approve(issuer, code));
      await expect.poll(() => tv.titles().count(), WAIT).toBe(1);
      await tv.watch('Counting Seconds');
      await friend.page.goto(`${origin}/#/account`);
      friend.page.on('dialog', (dialog) => dialog.accept());
      const others = friend.page.getByRole('button', { name: /^Sign out Chrom/ });
      await others.first().waitFor();
      await others.first().click();
      await tv.page.locator('video').waitFor({ state: 'detached' });
      await tv.page.getByText('This device was signed out.').waitFor();
    });

    it('lets a friend’s machine share by a link, which has all it needs to know', {
      timeout: 180_000,
    }, async () => {
      const { page } = owner;
      await page.goto(`${origin}/#/account/peers`);
      await page.getByLabel('What to call the machine').fill('Ben’s laptop');
      await page.getByRole('button', { name: 'Make a link' }).click();
      const link = await page.getByLabel('Link', { exact: true }).inputValue();
      expect(parseInvitedNetwork(link)).toEqual({
        edges: [`${network.address}:${stack.ports.EDGE_PORT}`],
        tls: scheme === 'https',
        authority: scheme === 'https' ? expect.any(Uint8Array) : null,
      });
      const friends = machine('friend');
      execFileSync(...friends.command('join', link));
      const daemon = friends.start();
      await expect.poll(daemon.said, WAIT).toContain('connected');
      await daemon.stop();
    });

    it('lets a machine of the house in that asked by the name of the platform, and plays from it', {
      timeout: 180_000,
    }, async () => {
      const attic = machine('attic');
      const films = join(attic.home, 'films');
      mkdirSync(films, { recursive: true });
      writeNewFilm(join(films, 'A Film of the Attic (2021).mp4'));
      execFileSync(...attic.command('join', LAN_NAME));
      const daemon = attic.start('--media-dir', films);
      onTestFinished(() => daemon.stop());
      const { page } = owner;
      const waiting = page.getByRole('button', { name: 'Let in' });
      await expect
        .poll(async () => {
          await page.goto(`${origin}/#/account`);
          await page.goto(`${origin}/#/account/peers`);
          await page.getByRole('heading', { name: 'Peers' }).waitFor();
          return waiting.count();
        }, WAIT)
        .toBe(1);
      await page.goto(`${origin}/#/`);
      expect(await owner.titles().filter({ hasText: 'A Film of the Attic' }).count()).toBe(0);
      await page.goto(`${origin}/#/account/peers`);
      await waiting.click();
      await expect.poll(daemon.said, WAIT).toContain('connected');
      await page.goto(`${origin}/#/`);
      await owner.titles().filter({ hasText: 'A Film of the Attic' }).waitFor(WAIT);
      await owner.watch('A Film of the Attic');
    });

    it('shows a child nothing above its age, by whatever way', { timeout: 180_000 }, async () => {
      const { page } = owner;
      const shapes = await owner.ask(
        '{ titles(first: 9) { edges { node { id name files { catalogId } } } } }',
      );
      const hidden = shapes.data.titles.edges.find((each: { node: { name: string } }) =>
        each.node.name.includes('Moving Shapes'),
      ).node;
      const [{ catalogId }] = hidden.files;
      await page.goto(`${origin}/#/profiles/new`);
      await page.getByLabel('What the profile is called').fill('Kim');
      await page.getByRole('radio', { name: 'Up to 6' }).check({ force: true });
      await page.getByRole('checkbox', { name: /kids/ }).check();
      await page.getByRole('button', { name: 'Make the profile' }).click();
      await page.getByRole('heading', { name: 'Manage profiles' }).waitFor();
      await page.goto(`${origin}/#/profiles`);
      await page.locator('.profile', { hasText: 'Kim' }).click();
      await expect.poll(() => owner.titles().allInnerTexts(), WAIT).toHaveLength(1);
      await page.getByPlaceholder('Search titles').fill('Moving');
      await page.getByText('Nothing found.').waitFor();
      await page.goto(`${origin}/#/title/${encodeURIComponent(hidden.id)}`);
      await page.getByRole('heading', { name: 'There is no such title' }).waitFor();
      await page.goto(`${origin}/#/watch/${catalogId}`);
      await page.getByRole('heading', { name: 'There is no such film' }).waitFor();
      const answer = await owner.ask(
        `{ mediaFile(catalogId: "${catalogId}") { name } title(id: "${hidden.id}") { name }
           catalogAvailability(catalogIds: ["${catalogId}"]) { isAvailable } }`,
      );
      expect(answer.data).toMatchObject({ mediaFile: null, title: null });
      expect(answer.data.catalogAvailability).toEqual([{ isAvailable: false }]);
      const session = await owner.ask(
        `mutation { createPlaybackSession(input: { catalogId: "${catalogId}", profileId: "default", deviceId: "d" }) { __typename } }`,
      );
      expect(JSON.stringify(session)).not.toContain('PlaybackSessionCreated');
      await page.goto(`${origin}/#/`);
      await owner.watch('Counting Seconds');
    });
  },
);
