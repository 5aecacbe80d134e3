import { readFileSync } from 'node:fs';
import { requireChromium } from '@giggityflix/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { complaintsOf } from './accessibility.ts';
import { createFakeIdentity } from './fake-identity.ts';
import { createFakeOperations } from './fake-operations.ts';
import { createFakeSignIn } from './fake-sign-in.ts';
import { launchBrowser, openViewer, type Viewer } from './harness.ts';

const program = requireChromium();
const FILM = new URL('../../stack/sample/Counting Seconds (2026).mp4', import.meta.url);
const WIDTHS = [375, 1280, 1920];
const TIMEOUT = { timeout: 60_000 };

describe.skipIf(program.skip)('what operators look after in the page', () => {
  let browser: Browser;
  let viewer: Viewer;
  let page: Page;
  let operations: ReturnType<typeof createFakeOperations>;

  beforeAll(async () => {
    browser = await launchBrowser(program.path);
  });
  afterAll(() => browser?.close());
  beforeEach(() => openFor('OWNER'));
  afterEach(() => viewer.close());

  const openFor = async (role: 'OWNER' | 'MEMBER') => {
    const people = createFakeIdentity(role);
    people.choose(people.add({ name: 'Anna', picture: 'fox' }));
    operations = createFakeOperations();
    viewer = await openViewer(
      browser,
      readFileSync(FILM),
      {
        name: 'Counting Seconds',
        durationSeconds: 40,
        container: 'mp4',
        videoCodec: 'avc',
        audioCodec: 'aac',
      },
      {
        signIn: createFakeSignIn({ people: true, claims: people.claims }),
        people: { ...people.root, ...operations.root },
      },
    );
    page = viewer.page;
  };
  const open = async (area: string, heading: string) => {
    await page.goto(`${viewer.gateway.url}/#/account${area}`);
    await page.getByRole('heading', { name: heading, exact: true, level: 1 }).waitFor();
  };
  const looks = async () => {
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      const fits = await page.evaluate('document.documentElement.scrollWidth <= innerWidth');
      expect([width, fits]).toEqual([width, true]);
    }
    expect(await complaintsOf(page)).toEqual([]);
  };

  it('are invitations: a link that is shown once, and can be taken back', TIMEOUT, async () => {
    operations.libraries.push({ id: 'films', name: 'Films', peers: ['peer-1'], folders: [] });
    await open('/invitations', 'Invitations');
    await page.getByLabel('Who it is for').fill('Ben, from work');
    await page.getByRole('radio', { name: 'Some libraries' }).check({ force: true });
    await page.getByRole('checkbox', { name: 'Films' }).check();
    await page.getByRole('button', { name: 'Make a link' }).click();
    await page.getByRole('img', { name: 'The link, to scan with a phone' }).waitFor();
    expect(await page.getByLabel('Link', { exact: true }).inputValue()).toBe(
      'https://home.example.org/invitation/secret',
    );
    expect(operations.invitations).toMatchObject([
      { role: 'MEMBER', libraries: ['films'], plan: null, note: 'Ben, from work' },
    ]);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy the link' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    await looks();
    await page.reload();
    await page.getByText(/Open, ends .* Watches · Films/).waitFor();
    expect(await page.getByText('invitation/secret').count()).toBe(0);
    await page.getByRole('button', { name: 'Take back' }).click();
    await page.getByText('Taken back · Watches').waitFor();
  });

  it('are people: what each may see, and whether at all', TIMEOUT, async () => {
    operations.libraries.push({ id: 'films', name: 'Films', peers: ['peer-1'], folders: [] });
    await open('/people', 'People');
    const ben = page.locator('section section', { hasText: 'ben@example.org' });
    await ben.getByText('Change').click();
    await looks();
    await ben.getByRole('radio', { name: 'May watch nothing' }).check({ force: true });
    await ben.getByRole('radio', { name: 'Some libraries' }).check({ force: true });
    await ben.getByRole('checkbox', { name: 'Films' }).check();
    await ben.getByRole('button', { name: 'Save' }).click();
    await ben.getByText('ben@example.org · Watches · May watch nothing · Films').waitFor();
    expect(operations.accounts[1]).toMatchObject({ state: 'LIMITED', libraries: ['films'], plan: null });
  });

  it('are libraries: made of peers and folders, changed and deleted', TIMEOUT, async () => {
    await open('/libraries', 'Libraries');
    await page.getByText('Make a library').click();
    await page.getByLabel('Name').fill('Für Kinder');
    await page.getByLabel('Or folders of Attic, one in a line').fill('Films/Kids\nSeries/Kids\n');
    await page.getByRole('checkbox', { name: 'Everything of peer-2' }).check();
    await looks();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Für Kinder' }).waitFor();
    expect(operations.libraries).toMatchObject([
      {
        id: expect.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/),
        name: 'Für Kinder',
        peers: ['peer-2'],
        folders: [
          { peerId: 'peer-1', folder: 'Films/Kids' },
          { peerId: 'peer-1', folder: 'Series/Kids' },
        ],
      },
    ]);
    page.once('dialog', (dialog) => dialog.accept());
    await page.locator('section section', { hasText: 'Für Kinder' }).getByText('Change').click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await expect.poll(() => operations.libraries).toEqual([]);
  });

  it('are peers that wait to be let in', TIMEOUT, async () => {
    await open('/peers', 'Peers');
    await looks();
    await page.getByRole('button', { name: 'Let in' }).click();
    await expect.poll(() => operations.members[1]!.membership).toBe('APPROVED');
  });

  it('are links by which further machines share films', TIMEOUT, async () => {
    await open('/peers', 'Peers');
    await page.getByLabel('What to call the machine').fill(' Ben’s laptop ');
    await page.getByRole('checkbox', { name: 'Ask me before it shares anything' }).check();
    await page.getByRole('button', { name: 'Make a link' }).click();
    expect(await page.getByLabel('Link', { exact: true }).inputValue()).toBe('giggityflix-peer:secret');
    expect(operations.peerInvitations).toEqual([{ name: 'Ben’s laptop', requiresApproval: true }]);
    await looks();
  });

  it('are not for members', async () => {
    await viewer.close();
    await openFor('MEMBER');
    await open('/people', 'Anna');
    expect(await page.getByRole('link', { name: /Invitations|People|Libraries|Peers/ }).count()).toBe(0);
  });
});
