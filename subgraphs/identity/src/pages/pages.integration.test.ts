// cspell:ignore пример ПРИМЕР longlogin httponly
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorizeUrl } from '../../testing/authorize.ts';
import { createBrowser } from '../../testing/browser.ts';
import { PASSWORD, startIdentity, type TestIdentity } from '../../testing/harness.ts';

let identity: TestIdentity;
beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(() => identity.dispose());

const AUTHORIZE = () => authorizeUrl(identity.issuer);
const FORM = { name: 'Anna', login: 'anna@example.org', password: PASSWORD };
const browser = () => createBrowser(identity.issuer);
const setUpLink = () => /http:\/\/\S+\/invitation\/[\w-]+/.exec(identity.log())?.[0] ?? '';

describe('the set-up', () => {
  it('makes an owner of whoever opens the link of the log first, once', async () => {
    const [first, second] = [browser(), browser()];
    for (const each of [first, second])
      expect((await each.get(setUpLink())).text).toContain('Set up Giggityflix');
    const done = await first.submit('/password', FORM);
    expect([done.status, done.text.includes('Welcome, Anna')]).toEqual([201, true]);
    const late = await second.submit('/password', { ...FORM, login: 'eve' });
    expect([late.status, late.text.includes('Each one works once')]).toEqual([410, true]);
    expect(await identity.stores.accounts.list({ first: 9, after: null })).toMatchObject([
      { role: 'owner', login: 'anna@example.org' },
    ]);
  });
});

describe('an invitation', () => {
  it('has a page with a strict policy, without scripts or styles in it', async () => {
    const { link } = await identity.invite();
    const { text, headers } = await browser().get(link);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(text).not.toMatch(/<script(?![^>]* src=)|<style|style=|onclick|onload/);
    expect(text).toContain('name="viewport"');
    for (const [, id] of text.matchAll(/<label for="([^"]+)"/g)) expect(text).toContain(`id="${id}"`);
    for (const asset of ['pages.css', 'passkey.js', 'webauthn.js'])
      expect((await fetch(`${identity.issuer}/assets/${asset}`)).status).toBe(200);
  });

  it('takes names in any script, and shows them as text', async () => {
    const { link } = await identity.invite();
    const one = browser();
    await one.get(link);
    const fields = { ...FORM, name: '<b>Аня</b> & "co"', login: 'аня@пример.рф' };
    const { status, text } = await one.submit('/password', fields);
    expect(status).toBe(201);
    expect(text).not.toContain('<b>');
    expect(text).toContain('Аня');
    expect((await identity.stores.accounts.findByLogin('АНЯ@ПРИМЕР.РФ'))?.name).toBe(fields.name);
  });

  it.each([
    ['a name of 10,000 characters', { name: 'x'.repeat(10_000) }, 'at most 100 characters'],
    ['a login of 10,000 characters', { login: 'x'.repeat(10_000) }, 'at most 254 characters'],
    ['no name', { name: ' \u200b ' }, 'The name is empty'],
    ['a short password', { password: 'short' }, 'at least 10 characters'],
    ['a password that is its login', { login: 'longlogin12', password: 'longlogin12' }, 'contains the name'],
    ['a login that someone has', { login: 'ANNA@example.org' }, 'signs in with this name already'],
  ])('says what is wrong with %s, and stays open', async (_what, fields, words) => {
    const { link, secret } = await identity.invite();
    const one = browser();
    await one.get(link);
    const answer = await one.submit('/password', { ...FORM, login: 'new one', ...fields });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.text).toContain(words);
    expect(answer.text).toContain('role="alert"');
    expect((await identity.stores.invitations.find(secret))?.usedAt).toBeNull();
  });

  it('says that it has expired, was taken back, or is none', async () => {
    const past = new Date(Date.now() - 3_600_000);
    const [expired, revoked] = [
      await identity.invite({ at: past, lifetimeMs: 1_000 }),
      await identity.invite(),
    ];
    await identity.stores.invitations.revoke(revoked.invitation.id, new Date());
    for (const [link, status, words] of [
      [expired.link, 410, 'has expired'],
      [revoked.link, 410, 'was taken back'],
      [`${identity.issuer}/invitation/none`, 404, 'no such invitation'],
      [`${identity.issuer}/invitation/${'x'.repeat(5_000)}`, 404, ''],
      [`${identity.issuer}/invitation/%00%ff`, 404, ''],
    ] as const) {
      const answer = await browser().get(link);
      expect([link.slice(0, 90), answer.status]).toEqual([link.slice(0, 90), status]);
      expect(answer.text).toContain(words);
    }
  });

  it('takes no form that its own page did not send', async () => {
    const { link, secret } = await identity.invite();
    const send = (headers: Record<string, string>) =>
      fetch(`${link}/password`, {
        method: 'POST',
        headers,
        body: new URLSearchParams({ ...FORM, login: 'csrf' }),
      });
    expect((await send({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await send({})).status).toBe(403);
    const [victim, attacker] = [browser(), browser()];
    await victim.get(link);
    await attacker.get(link);
    victim.cookies.clear();
    expect((await victim.submit('/password', { ...FORM, login: 'csrf' })).status).toBe(403);
    expect((await identity.stores.invitations.find(secret))?.usedAt).toBeNull();
  });
});

describe('signing in', () => {
  it('says the same of a wrong password and of an unknown name', async () => {
    const answers = [];
    for (const login of ['anna@example.org', 'nobody@example.org']) {
      const one = browser();
      await one.get(AUTHORIZE());
      const { status, text } = await one.submit('/password', { login, password: 'wrong password' });
      answers.push([status, text.replaceAll(login, 'LOGIN').replace(/[\w-]{21,}/g, 'TOKEN')]);
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]?.[0]).toBe(401);
  });

  it('locks a name for a network that fails, known or not, and not for what is right elsewhere', async () => {
    await identity.person('locked');
    for (const login of ['locked', 'not there']) {
      const one = browser();
      await one.get(AUTHORIZE());
      const statuses: number[] = [];
      for (let n = 0; n < 7; n += 1)
        statuses.push((await one.submit('/password', { login, password: `wrong ${n}` })).status);
      expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 429]);
      const right = await one.submit('/password', { login, password: PASSWORD });
      expect([right.status, right.headers.get('retry-after')]).toEqual([
        429,
        expect.stringMatching(/^[12]$/),
      ]);
      expect(right.text).toContain('Too many attempts failed');
    }
  });

  it('shows a page that is old, or of another browser or installation, as such', async () => {
    const [one, other] = [browser(), browser()];
    const { url } = await one.get(AUTHORIZE());
    const stolen = await other.get(url);
    expect([stolen.status, stolen.text.includes('This page is old')]).toEqual([400, true]);
    for (const [name, cookie] of one.cookies)
      if (name.endsWith('.sig')) one.cookies.set(name, { ...cookie, value: 'x'.repeat(27) });
    expect((await one.get(url)).text).toContain('This page is old');
  });

  it('keeps its cookies from scripts and from other sites', async () => {
    const one = browser();
    await one.get(AUTHORIZE());
    expect(one.cookies.size).toBeGreaterThan(2);
    for (const [name, { attributes }] of one.cookies) {
      expect(attributes.toLowerCase(), name).toContain('httponly');
      expect(attributes.toLowerCase(), name).toContain('samesite=lax');
    }
  });

  it('goes back to the application when someone cancels', async () => {
    const one = browser();
    await one.get(AUTHORIZE());
    const { location } = await one.submit('/cancel');
    expect(new URL(location!).searchParams.get('error')).toBe('access_denied');
  });

  it('writes what happened to the audit log, and no secrets anywhere', async () => {
    const entries = await identity.stores.audit.list({ accountId: null, first: 200, before: null });
    const actions = new Set(entries.map(({ action }) => action));
    for (const action of ['signed_up', 'sign_in_failed']) expect(actions).toContain(action);
    const text = JSON.stringify(entries) + identity.log();
    for (const secret of [PASSWORD, 'wrong password', 'nobody@example.org'])
      expect(text).not.toContain(secret);
  });
});

describe('an issuer with TLS', () => {
  it('binds its cookies to the host, and makes addresses of its own name behind a proxy', async () => {
    const secure = await startIdentity({ AUTH_ISSUER: 'https://id.example' });
    try {
      const { url } = secure.identity.address();
      const answer = await fetch(`${url}${new URL(AUTHORIZE()).pathname}${new URL(AUTHORIZE()).search}`, {
        redirect: 'manual',
      });
      const cookies = answer.headers.getSetCookie();
      expect(cookies.length).toBeGreaterThan(0);
      for (const cookie of cookies) {
        expect(cookie).toMatch(/^__(Host|Secure)-/);
        expect(cookie.toLowerCase()).toContain('; secure');
      }
      const metadata = await (await fetch(`${url}/.well-known/openid-configuration`)).json();
      expect(metadata).toMatchObject({
        issuer: 'https://id.example',
        token_endpoint: 'https://id.example/token',
      });
    } finally {
      await secure.dispose();
    }
  });
});
