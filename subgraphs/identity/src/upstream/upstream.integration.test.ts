import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { authorizeUrl } from '../../testing/authorize.ts';
import { type Browser, createBrowser, type Page } from '../../testing/browser.ts';
import { PASSWORD, REDIRECT_URI, startIdentity, type TestIdentity } from '../../testing/harness.ts';
import { type Person, startUpstream } from '../../testing/upstream.ts';

type Upstream = Awaited<ReturnType<typeof startUpstream>>;
const folder = mkdtempSync(join(tmpdir(), 'identity-upstream-'));
const SECRET = 'the secret of the client';
let identity: TestIdentity;
let staff: Upstream;
let friends: Upstream;
beforeAll(async () => {
  [staff, friends] = [await startUpstream(), await startUpstream()];
  writeFileSync(join(folder, 'secret'), `${SECRET}\n`);
  const common = { client_id: 'giggityflix', client_secret_path: 'secret' };
  const path = join(folder, 'providers.json');
  const groups = [
    { group: 'admins', role: 'operator', plan: 'family' },
    { group: 'viewers', libraries: ['films'] },
  ];
  writeFileSync(
    path,
    JSON.stringify([
      {
        ...common,
        id: 'staff',
        label: 'Staff',
        issuer: staff.issuer,
        groups_claim: 'groups',
        groups,
        sign_up: 'anyone',
      },
      { ...common, id: 'friends', label: 'Friends', issuer: friends.issuer },
      { ...common, id: 'down', label: 'Down', issuer: 'http://localhost:1' },
    ]),
  );
  identity = await startIdentity({ UPSTREAM_PROVIDERS_PATH: path });
  for (const [id, upstream] of [
    ['staff', staff],
    ['friends', friends],
  ] as const)
    upstream.serve({
      id: 'giggityflix',
      secret: SECRET,
      redirectUri: `${identity.issuer}/upstream/${id}/callback`,
    });
});
afterAll(async () => {
  await identity.dispose();
  await staff.stop();
  await friends.stop();
  rmSync(folder, { recursive: true, force: true });
});

const authorize = () => authorizeUrl(identity.issuer);
const linkOf = ({ text }: Page) =>
  /class="button" href="(http[^"]+)"/.exec(text)![1]!.replaceAll('&#38;', '&');

/** Chooses a provider on the page that a browser is at, and signs in there; gives the answer that would come back. */
async function answerFrom(
  browser: Browser,
  action: string,
  { provider, upstream, person }: { provider: string; upstream: Upstream; person: Person | null },
): Promise<string> {
  const going = await browser.submit(action, { provider });
  expect([going.status, going.headers.get('refresh')?.startsWith('0; url=')]).toEqual([200, true]);
  upstream.become(person);
  const back = await createBrowser(upstream.issuer).get(linkOf(going));
  return back.location!;
}

async function signIn(provider: 'staff' | 'friends', person: Person | null, browser = newBrowser()) {
  await browser.get(authorize());
  const upstream = provider === 'staff' ? staff : friends;
  return browser.get(await answerFrom(browser, '/upstream', { provider, upstream, person }));
}

const newBrowser = () => createBrowser(identity.issuer);
const isSignedIn = ({ location }: Page) => location?.startsWith(`${REDIRECT_URI}?code=`) ?? false;
const accountOf = async (upstream: Upstream, sub: string) => {
  const link = await identity.stores.upstreamLinks.find(upstream.issuer, sub);
  return link && identity.stores.accounts.find(link.accountId);
};

it('lets nobody in before there is an owner', async () => {
  const page = await signIn('staff', { sub: 'first', groups: ['admins'] });
  expect([page.status, page.text.includes('not set up yet')]).toEqual([403, true]);
  expect(await identity.stores.accounts.isEmpty()).toBe(true);
  await identity.person('owner', { role: 'owner' });
});

describe('groups of another provider', () => {
  const person = { sub: 'ann', name: 'Ann', preferred_username: 'ann', groups: ['x', 'viewers'] };

  it('make an account of whoever comes, once, and are followed at each sign-in', async () => {
    expect(isSignedIn(await signIn('staff', person))).toBe(true);
    const account = await accountOf(staff, 'ann');
    expect(account).toMatchObject({ name: 'Ann', login: 'ann', role: 'member', libraries: ['films'] });
    expect(isSignedIn(await signIn('staff', { ...person, groups: 'admins' }))).toBe(true);
    expect(await accountOf(staff, 'ann')).toMatchObject({
      id: account!.id,
      role: 'operator',
      plan: 'family',
      libraries: null,
    });
    const left = await signIn('staff', { ...person, groups: [] });
    expect([left.status, left.text.includes('none of the groups')]).toEqual([403, true]);
    expect((await identity.stores.accounts.list({ first: 9, after: null })).length).toBe(2);
  });

  it('give a name that is taken to nobody else', async () => {
    await identity.person('bob');
    const bob = { sub: 'bob-there', name: 'Bob', preferred_username: 'bob', groups: ['viewers'] };
    expect(isSignedIn(await signIn('staff', bob))).toBe(true);
    expect((await accountOf(staff, 'bob-there'))?.login).toBe('bob-there at Staff');
  });

  it('do not open an account that is closed', async () => {
    await signIn('staff', { sub: 'carl', preferred_username: 'carl', groups: ['viewers'] });
    const { id } = (await accountOf(staff, 'carl'))!;
    const change = { state: 'closed' } as const;
    await identity.access.changeAccount({ id, change, by: 'owner', address: '192.0.2.1' });
    const page = await signIn('staff', { sub: 'carl', groups: ['viewers'] });
    expect([page.status, page.text.includes('is closed')]).toEqual([403, true]);
  });
});

describe('a provider whose people are invited', () => {
  it('is never believed by e-mail address', async () => {
    const anna = await identity.person('anna@example.org');
    const page = await signIn('friends', { sub: 'a', email: 'anna@example.org', email_verified: true });
    expect([page.status, page.text.includes('Nobody here is linked')]).toEqual([403, true]);
    expect(await identity.stores.upstreamLinks.listOf(anna.id)).toEqual([]);
  });

  it('makes an account by an invitation, once', async () => {
    const { link } = await identity.invite();
    const browser = newBrowser();
    await browser.get(link);
    const person = { sub: 'dora', name: '<b>Dora</b>' };
    const one = { provider: 'friends', upstream: friends, person };
    const answer = await answerFrom(browser, '/upstream', one);
    const page = await browser.get(answer);
    expect([page.status, page.text.includes('<b>')]).toEqual([201, false]);
    expect((await browser.get(link)).status).toBe(410);
    expect(isSignedIn(await signIn('friends', person))).toBe(true);
    expect(identity.log()).not.toContain(link.split('/').at(-1));
  });

  it('is linked on the page of the account, and unlinked but as the last way in', async () => {
    const emil = await identity.person('emil');
    const browser = newBrowser();
    await browser.get('/account');
    await browser.submit('/password', { login: 'emil', password: PASSWORD });
    const one = { provider: 'friends', upstream: friends, person: { sub: 'emil-there', name: 'Emil' } };
    const linked = await browser.get(await answerFrom(browser, '/account/upstream', one));
    expect(linked.text).toContain('The account is linked');
    expect(isSignedIn(await signIn('friends', one.person))).toBe(true);
    // Someone else cannot link the same.
    await identity.person('fred');
    const other = newBrowser();
    await other.get('/account');
    await other.submit('/password', { login: 'fred', password: PASSWORD });
    expect((await other.get(await answerFrom(other, '/account/upstream', one))).status).toBe(409);
    const unlinked = await browser.get('/account').then(() => browser.submit('/upstream/remove'));
    expect(unlinked.text).toContain('not linked any more');
    expect(await identity.stores.upstreamLinks.listOf(emil.id)).toEqual([]);
  });
});

describe('an answer that was not asked for', () => {
  const person = { sub: 'eve', preferred_username: 'eve', groups: ['viewers'] };
  let browser: Browser;
  let answer: string;
  beforeEach(async () => {
    browser = newBrowser();
    await browser.get(authorize());
    answer = await answerFrom(browser, '/upstream', { provider: 'staff', upstream: staff, person });
  });
  const refused = async (url: string, by = browser) => {
    const page = await by.get(url);
    expect([url, page.status, page.location]).toEqual([url, 400, null]);
  };
  const changed = (change: (url: URL) => void) => {
    const url = new URL(answer);
    change(url);
    return url.href;
  };

  it('is refused in another browser, and with another state', async () => {
    const other = newBrowser();
    await other.get(authorize());
    await refused(answer, other);
    await refused(changed(({ searchParams }) => searchParams.set('state', 'x')));
    await refused(changed(({ searchParams }) => searchParams.delete('state')));
    expect(isSignedIn(await browser.get(answer))).toBe(true);
  });

  it('is refused a second time', async () => {
    expect(isSignedIn(await browser.get(answer))).toBe(true);
    await refused(answer);
  });

  it('is refused with the code of another request', async () => {
    await browser.get(authorize());
    const second = await answerFrom(browser, '/upstream', { provider: 'staff', upstream: staff, person });
    const code = new URL(second).searchParams.get('code')!;
    await refused(changed(({ searchParams }) => searchParams.set('code', code)));
  });

  it.each([
    ['another issuer', 'https://evil.example'],
    ['no issuer', null],
  ])('is refused with %s (RFC 9207)', async (_what, iss) => {
    await refused(
      changed(({ searchParams }) => (iss ? searchParams.set('iss', iss) : searchParams.delete('iss'))),
    );
  });

  it('is refused at the address of another provider', async () => {
    await refused(answer.replace('/upstream/staff/', '/upstream/friends/'));
    await refused(answer.replace('/upstream/staff/', '/upstream/nobody/'));
  });

  it('is refused when the other provider denied it', async () => {
    const page = await signIn('staff', null, newBrowser());
    expect([page.status, page.text.includes('You were not signed in by Staff')]).toEqual([400, true]);
  });

  it('is not asked for by the form of another page', async () => {
    await browser.get(authorize());
    const page = await browser.submit('/upstream', { provider: 'staff', form_token: 'x' });
    expect(page.status).toBe(403);
  });
});

it('says that a provider is down, and leaves the other ways', async () => {
  const browser = newBrowser();
  await browser.get(authorize());
  const page = await browser.submit('/upstream', { provider: 'down' });
  expect([page.status, page.text.includes('Down does not answer')]).toEqual([503, true]);
  await identity.person('late');
  await browser.get(linkBack(page));
  expect(isSignedIn(await browser.submit('/password', { login: 'late', password: PASSWORD }))).toBe(true);

  function linkBack({ text }: Page) {
    return /class="button" href="([^"]+)"/.exec(text)![1]!;
  }
});
