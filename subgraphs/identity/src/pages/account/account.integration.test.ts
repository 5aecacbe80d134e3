import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, createBrowser } from '../../../testing/browser.ts';
import { PASSWORD, startIdentity, type TestIdentity } from '../../../testing/harness.ts';
import { createPasswords } from '../../credentials/passwords.ts';
import { PLAIN } from '../../profiles/profile.ts';

let identity: TestIdentity;
beforeAll(async () => {
  identity = await startIdentity();
  // The owner, so that others may leave.
  await identity.person('owner', { role: 'owner' });
});
afterAll(() => identity.dispose());

/** Someone at the page of their account. */
async function visitor(login: string, options: { role?: 'owner' | 'member' } = {}) {
  const account = await identity.person(login, options);
  const browser = createBrowser(identity.issuer);
  const asked = await browser.get('/account');
  expect(asked.text).toContain('to go on to your account');
  const page = await browser.submit('/password', { login, password: PASSWORD });
  expect([page.status, page.url]).toEqual([200, `${identity.issuer}/account`]);
  return { account, browser, page };
}

const alertOf = (text: string) => /role="(?:alert|status)">([^<]*)</.exec(text)?.[1] ?? '';
const actionsOf = async (accountId: string) =>
  (await identity.stores.audit.list({ accountId, first: 20, before: null })).map(({ action }) => action);

async function addAuthenticator(browser: Browser) {
  const page = await browser.get('/account/authenticator');
  const key = /class="key">([^<]+)</.exec(page.text)![1]!.replaceAll(' ', '');
  const totp = new TOTP({ secret: Secret.fromBase32(key) });
  const done = await browser.submit('/account/authenticator', {
    code: totp.generate({ timestamp: Date.now() }),
  });
  return { totp, done };
}

describe('the page of an account', () => {
  it('has no scripts or styles in it, a label for each field, and each id once', async () => {
    const { page } = await visitor('markup');
    expect(page.text).not.toMatch(/<script(?![^>]* src=)|<style|style=|onclick|onload/);
    const ids = [...page.text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of page.text.matchAll(/<label for="([^"]+)"/g)) expect(ids).toContain(id);
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  it('asks for a fresh sign-in, and shows nothing of an account that was closed meanwhile', async () => {
    const { account, browser } = await visitor('fresh');
    await identity.access.changeAccount({
      id: account.id,
      change: { state: 'closed' },
      by: 'owner',
      address: '192.0.2.1',
    });
    expect((await browser.get('/account')).text).toContain('name="password"');
  });

  it('takes no form of another page', async () => {
    const { account, browser } = await visitor('foreign');
    for (const action of ['/account/name', '/account/password', '/account/sign-out-everywhere']) {
      await browser.get('/account');
      const answer = await browser.submit(action, { form_token: 'x', name: 'Eve', new: 'another password' });
      expect([action, answer.status]).toEqual([action, 403]);
    }
    expect((await identity.stores.accounts.find(account.id))?.name).toBe('foreign');
  });

  it('changes the name, and says what is wrong with one', async () => {
    const { account, browser } = await visitor('called');
    const changed = await browser.submit('/account/name', { name: '<b>Åsa</b>' });
    expect(alertOf(changed.text)).toBe('Your name was changed.');
    expect(changed.text).not.toContain('<b>');
    const refused = await browser.submit('/account/name', { name: 'x'.repeat(10_000) });
    expect([refused.status, alertOf(refused.text)]).toEqual([400, expect.stringContaining('at most 100')]);
    expect((await identity.stores.accounts.find(account.id))?.name).toBe('<b>Åsa</b>');
  });

  it('changes the password of whoever knows the present one, and locks out who guesses it', async () => {
    const { account, browser } = await visitor('secretive');
    const change = (present: string, next: string) =>
      browser.submit('/account/password', { present, new: next });
    expect((await change(PASSWORD, 'short')).status).toBe(400);
    expect((await change('something else', 'a new long password')).status).toBe(403);
    const before = await identity.stores.credentials.passwordHash(account.id);
    expect((await change(PASSWORD, 'a new long password')).status).toBe(200);
    expect(await identity.stores.credentials.passwordHash(account.id)).not.toBe(before);
    const answers = [];
    for (let n = 0; n < 7; n += 1) answers.push((await change('a guess', 'another long password')).status);
    expect(answers).toContain(429);
    expect(await actionsOf(account.id)).toContain('password_changed');
  });

  it('adds an authenticator by its first code, shows recovery codes once, and removes it', async () => {
    const { account, browser } = await visitor('careful');
    await browser.get('/account/authenticator');
    const wrong = await browser.submit('/account/authenticator', { code: '000000' });
    expect([wrong.status, alertOf(wrong.text)]).toEqual([400, expect.stringContaining('code is wrong')]);
    const { totp, done } = await addAuthenticator(browser);
    const codes = [...done.text.matchAll(/<code>([^<]+)</g)].map(([, code]) => code!);
    expect([done.status, codes.length]).toEqual([200, 10]);
    const shown = await browser.get('/account');
    expect(shown.text).toContain('10 recovery codes are left');
    for (const code of codes) expect(shown.text).not.toContain(code);
    const renewed = await browser.submit('/account/recovery-codes');
    expect(renewed.text).not.toContain(codes[0]);
    await browser.get('/account');
    const removed = await browser.submit('/account/authenticator/remove');
    expect(alertOf(removed.text)).toContain('The authenticator was removed');
    expect(await identity.stores.factors.authenticator(account.id)).toBeNull();
    expect(identity.log()).not.toContain(totp.secret.base32);
  });

  it('says how far off the clock of a new authenticator is', async () => {
    const { browser } = await visitor('late');
    const page = await browser.get('/account/authenticator');
    const key = /class="key">([^<]+)</.exec(page.text)![1]!.replaceAll(' ', '');
    const code = new TOTP({ secret: Secret.fromBase32(key) }).generate({ timestamp: Date.now() + 3_600_000 });
    const answer = await browser.submit('/account/authenticator', { code });
    expect([answer.status, alertOf(answer.text)]).toEqual([400, expect.stringContaining('60 minutes fast')]);
  });

  it('renames and removes passkeys of its own, and never the last way in', async () => {
    const { account, browser } = await visitor('keys');
    const { credentials } = identity.stores;
    const other = await identity.person('other keys');
    for (const [id, accountId] of [
      ['mine', account.id],
      ['theirs', other.id],
    ] as const)
      await credentials.addPasskey({
        id,
        accountId,
        publicKey: new Uint8Array([1]),
        counter: 0,
        transports: [],
        name: 'Phone',
        createdAt: new Date(),
      });
    await browser.get('/account');
    expect((await browser.submit('/passkeys/name', { name: 'Laptop' })).text).toContain('Remove Laptop');
    for (const action of ['/passkeys/name', '/passkeys/remove']) {
      const answer = await browser.submit(action, { id: 'theirs', name: 'Mine' });
      expect([action, answer.status]).toEqual([action, 404]);
    }
    expect((await credentials.findPasskey('theirs'))?.name).toBe('Phone');
    expect(alertOf((await browser.submit('/passkeys/remove')).text)).toContain('was removed');
    expect(await credentials.findPasskey('mine')).toBeNull();
  });

  it('lists devices, and signs one out', async () => {
    const { account, browser } = await visitor('roaming');
    const other = await identity.person('other devices');
    const device = { clientId: 'giggityflix-page', address: '192.0.2.1' };
    await identity.stores.devices.seen(
      { ...device, id: 'tv', accountId: account.id, name: 'TV' },
      new Date(),
    );
    await identity.stores.devices.seen(
      { ...device, id: 'foreign', accountId: other.id, name: 'Phone' },
      new Date(),
    );
    expect((await browser.get('/account')).text).toContain('Sign out TV');
    expect((await browser.submit('/devices/revoke', { id: 'foreign' })).status).toBe(404);
    expect(alertOf((await browser.submit('/devices/revoke')).text)).toBe('The device was signed out.');
    expect(await identity.stores.devices.listOf(account.id)).toEqual([]);
    expect(await identity.stores.devices.listOf(other.id)).toHaveLength(1);
  });

  it('signs out everywhere, also here', async () => {
    const { browser } = await visitor('leaving');
    expect((await browser.submit('/account/sign-out-everywhere')).text).toContain('You are signed out');
    expect((await browser.get('/account')).text).toContain('name="password"');
  });

  it('shows what happened to oneself, and to nobody else', async () => {
    const { browser } = await visitor('curious');
    const { text } = await browser.get('/account/activity');
    expect(text).toContain('Signed in (by: password)');
    expect(text.match(/<li>/g)).toHaveLength(1);
    expect((await browser.get('/account/activity?before=x')).status).toBe(200);
  });
});

describe('closing an account', () => {
  it('is confirmed by its name, and ends everything', async () => {
    const { account, browser } = await visitor('done');
    await browser.get('/account/close');
    expect((await browser.submit('/account/close', { login: 'someone' })).status).toBe(400);
    expect((await browser.submit('/account/close', { login: 'DONE' })).text).toContain('account is closed');
    expect((await identity.stores.accounts.find(account.id))?.state).toBe('closed');
    expect((await browser.get('/account')).text).toContain('name="password"');
  });

  it('is not for the last owner', async () => {
    const browser = createBrowser(identity.issuer);
    await browser.get('/account');
    await browser.submit('/password', { login: 'owner', password: PASSWORD });
    await browser.get('/account/close');
    const refused = await browser.submit('/account/close', { login: 'owner' });
    expect([refused.status, alertOf(refused.text)]).toEqual([409, expect.stringContaining('only owner')]);
    expect((await identity.stores.accounts.findByLogin('owner'))?.state).toBe('active');
  });
});

describe('the PIN of a profile that nobody remembers', () => {
  it('is taken away by whoever knows the password of the account, with the lock that guesses left', async () => {
    const { account, browser } = await visitor('forgetful');
    const { profiles, failures } = identity.stores;
    const values = { ...PLAIN, name: 'Ben', pinHash: await createPasswords().hash('2468') };
    const made = await profiles.create(account.id, values, new Date());
    if (made.outcome !== 'created') throw new Error(made.outcome);
    const { id } = made.profile;
    const page = await browser.get('/account');
    expect(page.text).toContain('Remove the PIN of Ben');
    const wrong = await browser.submit('/pins/remove', { id, present: 'not the password' });
    expect([wrong.status, alertOf(wrong.text)]).toEqual([
      403,
      expect.stringContaining('Nothing was changed'),
    ]);
    expect((await profiles.find(id))?.pinHash).not.toBeNull();
    const done = await browser.submit('/pins/remove', { id, present: PASSWORD });
    expect(alertOf(done.text)).toContain('The PIN was removed');
    expect(done.text).not.toContain('Remove the PIN of Ben');
    expect((await profiles.find(id))?.pinHash).toBeNull();
    expect(await actionsOf(account.id)).toContain('pin_removed');
    const first = { free: 1, firstMs: 60_000, mostMs: 60_000, forgetMs: 60_000 };
    expect((await failures.attempt(`pin ${id}`, first, Date.now())).outcome).not.toBe('locked');
  });

  it('is not taken from a profile of someone else', async () => {
    const { account } = await visitor('with a PIN');
    const { profiles } = identity.stores;
    const pinHash = 'a hash';
    const theirs = await profiles.create(account.id, { ...PLAIN, name: 'Cleo', pinHash }, new Date());
    const own = await visitor('without a PIN');
    await profiles.create(own.account.id, { ...PLAIN, name: 'Dan', pinHash }, new Date());
    if (theirs.outcome !== 'created') throw new Error(theirs.outcome);
    await own.browser.get('/account');
    const { id } = theirs.profile;
    expect((await own.browser.submit('/pins/remove', { id, present: PASSWORD })).status).toBe(404);
    expect((await profiles.find(id))?.pinHash).toBe(pinHash);
  });
});
