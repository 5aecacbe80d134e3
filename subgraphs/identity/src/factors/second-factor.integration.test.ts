import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorizeUrl } from '../../testing/authorize.ts';
import { createBrowser } from '../../testing/browser.ts';
import { PASSWORD, REDIRECT_URI, startIdentity, type TestIdentity } from '../../testing/harness.ts';
import { createSecondFactor } from './second-factor.ts';
import { createSecrets } from './secrets.ts';

const ADDRESS = '192.0.2.1';
let identity: TestIdentity;
beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(() => identity.dispose());

const at = () => new Date('2026-03-01T12:00:00Z').getTime();
const factorOn = (clock: () => number) =>
  createSecondFactor({ ...identity.stores, secrets: createSecrets(identity.stores.keys), clock });

/** Someone with an authenticator, enrolled at `now`. */
async function enrolled(login: string, now: number) {
  const { id: accountId } = await identity.person(login);
  const factor = factorOn(() => now);
  const { text } = await factor.begin(accountId, login);
  const totp = new TOTP({ secret: Secret.fromBase32(text.replaceAll(' ', '')) });
  const codeAt = (timestamp: number) => totp.generate({ timestamp });
  const done = await factor.confirm({ accountId, code: codeAt(now), address: ADDRESS });
  if (done.outcome !== 'enrolled') throw new Error(done.outcome);
  return { accountId, codeAt, recoveryCodes: done.recoveryCodes };
}

describe('an authenticator', () => {
  it('is asked for once its first code was right, and keeps its secret encrypted', async () => {
    const { id: accountId } = await identity.person('first');
    const factor = factorOn(at);
    const { text } = await factor.begin(accountId, 'first');
    expect((await factor.begin(accountId, 'first')).text).toBe(text);
    expect(await factor.isAsked(accountId)).toBe(false);
    const totp = new TOTP({ secret: Secret.fromBase32(text.replaceAll(' ', '')) });
    const confirm = (code: string) => factor.confirm({ accountId, code, address: ADDRESS });
    expect(await confirm('000000')).toEqual({ outcome: 'wrong' });
    expect(await confirm(totp.generate({ timestamp: at() + 3_600_000 }))).toEqual({
      outcome: 'other_time',
      offMs: 3_600_000,
    });
    expect(await confirm(` ${totp.generate({ timestamp: at() }).replace(/^.../, '$& ')}`)).toMatchObject({
      outcome: 'enrolled',
    });
    expect(await factor.isAsked(accountId)).toBe(true);
    const stored = await identity.stores.factors.authenticator(accountId);
    for (const form of [totp.secret.base32, totp.secret.hex, totp.secret.latin1])
      expect(Buffer.from(stored!.secret, 'base64url').toString('latin1')).not.toContain(form);
    // What was copied to another account does not open there.
    const other = await identity.person('second');
    await identity.stores.factors.setAuthenticator({ ...stored!, accountId: other.id }, []);
    const code = totp.generate({ timestamp: at() + 30_000 });
    await expect(factor.check({ accountId: other.id, code, address: ADDRESS })).rejects.toThrow();
  });

  it('takes each code once, one step early or late, and none older than the last', async () => {
    let now = at();
    const { accountId, codeAt } = await enrolled('drift', now);
    const factor = factorOn(() => now);
    const check = async (code: string) => (await factor.check({ accountId, code, address: ADDRESS })).outcome;
    // That of the enrolment is used, too.
    expect(await check(codeAt(now))).toBe('used');
    expect(await check(codeAt(now + 30_000))).toBe('right');
    expect(await check(codeAt(now + 30_000))).toBe('used');
    expect(await check(codeAt(now - 30_000))).toBe('used');
    now += 120_000;
    expect(await check(codeAt(now - 30_000))).toBe('right');
    now += 120_000;
    const both = [codeAt(now), codeAt(now)];
    expect((await Promise.all(both.map(check))).sort()).toEqual(['right', 'used']);
  });

  it('says that a clock is an hour behind, and of the future nothing', async () => {
    const { accountId, codeAt } = await enrolled('clock', at());
    const check = (code: string) => factorOn(at).check({ accountId, code, address: ADDRESS });
    expect(await check(codeAt(at() - 3_600_000))).toEqual({ outcome: 'behind', byMs: 3_600_000 });
    expect(await check(codeAt(at() + 3_600_000))).toEqual({ outcome: 'wrong' });
  });

  it('locks out who guesses, for longer and longer, and not for what is right afterwards', async () => {
    let now = at();
    const { accountId, codeAt } = await enrolled('guess', now);
    const factor = factorOn(() => now);
    const check = (code: string) => factor.check({ accountId, code, address: ADDRESS });
    const locks: number[] = [];
    for (let n = 0; n < 12; n += 1) {
      const answer = await check('no code');
      if (answer.outcome !== 'locked') continue;
      locks.push(answer.retryMs);
      now += answer.retryMs;
    }
    expect(locks.slice(0, 3)).toEqual([2_000, 4_000, 8_000]);
    now += 15 * 60_000;
    expect((await check(codeAt(now))).outcome).toBe('right');
    expect((await check('no code')).outcome).toBe('wrong');
  });
});

describe('recovery codes', () => {
  it('work once each, and not any more when others were made or the authenticator was removed', async () => {
    const { accountId, recoveryCodes } = await enrolled('recover', at());
    const factor = factorOn(at);
    const check = (code: string) => factor.check({ accountId, code, address: ADDRESS });
    const [first, second] = recoveryCodes as [string, string];
    expect(await check(first.toUpperCase())).toEqual({ outcome: 'right', by: 'recovery', codesLeft: 9 });
    expect(await check(first)).toEqual({ outcome: 'wrong' });
    const renewed = await factor.renewRecoveryCodes({ accountId, address: ADDRESS });
    expect(renewed).toHaveLength(10);
    expect(await check(second)).toEqual({ outcome: 'wrong' });
    expect(await factor.remove({ accountId, address: ADDRESS })).toBe(true);
    expect(await check(renewed![0]!)).toEqual({ outcome: 'wrong' });
    const entries = await identity.stores.audit.list({ accountId, first: 20, before: null });
    expect(entries.map(({ action }) => action)).toEqual([
      'sign_in_failed',
      'authenticator_removed',
      'sign_in_failed',
      'recovery_codes_made',
      'sign_in_failed',
      'recovery_code_used',
      'authenticator_added',
    ]);
    expect(JSON.stringify(entries)).not.toContain(second);
  });
});

describe('signing in', () => {
  const authorize = () => authorizeUrl(identity.issuer);

  it('asks for a code after the password, and goes on with the right one alone', async () => {
    const { accountId, codeAt } = await enrolled('anna', Date.now() - 60_000);
    const browser = createBrowser(identity.issuer);
    await browser.get(authorize());
    const halfway = await browser.submit('/password', { login: 'anna', password: PASSWORD });
    expect([halfway.status, halfway.text.includes('Type your code')]).toEqual([200, true]);
    // The page of the code stays when it is loaded again.
    expect((await browser.get(halfway.url)).text).toContain('Type your code');
    const [session] = [...browser.cookies.keys()].filter((name) => name.endsWith('session'));
    expect(session).toBeUndefined();
    const wrong = await browser.submit('/code', { code: '000000' });
    expect([wrong.status, wrong.text.includes('look at the clock')]).toEqual([401, true]);
    const late = await browser.submit('/code', { code: codeAt(Date.now() - 3_600_000) });
    expect(late.text).toContain('the code of 60 minutes ago');
    const code = codeAt(Date.now());
    const done = await browser.submit('/code', { code });
    expect(done.location).toContain(`${REDIRECT_URI}?code=`);

    const second = createBrowser(identity.issuer);
    await second.get(authorize());
    await second.submit('/password', { login: 'anna', password: PASSWORD });
    const replayed = await second.submit('/code', { code });
    expect([replayed.status, replayed.text.includes('used already')]).toEqual([401, true]);
    const actions = (await identity.stores.audit.list({ accountId, first: 20, before: null })).filter(
      ({ action }) => action === 'signed_in',
    );
    expect(actions.map(({ details }) => details.by)).toEqual(['password and code']);
  });

  it('starts again when someone asks for it, and gives a code of another browser nothing', async () => {
    const { codeAt } = await enrolled('bert', Date.now() - 60_000);
    const browser = createBrowser(identity.issuer);
    await browser.get(authorize());
    const halfway = await browser.submit('/password', { login: 'bert', password: PASSWORD });
    const other = createBrowser(identity.issuer);
    expect((await other.get(halfway.url)).status).toBe(400);
    expect((await browser.submit('/restart')).text).toContain('name="password"');
    await browser.get(authorize());
    await browser.submit('/password', { login: 'bert', password: PASSWORD });
    expect((await browser.submit('/code', { code: codeAt(Date.now()) })).location).toContain('code=');
  });
});
