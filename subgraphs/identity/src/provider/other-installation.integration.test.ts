import { afterAll, beforeAll, expect, it } from 'vitest';
import { authorizeUrl } from '../../testing/authorize.ts';
import { type Browser, createBrowser } from '../../testing/browser.ts';
import { PASSWORD, startIdentity, type TestIdentity } from '../../testing/harness.ts';

let here: TestIdentity;
let elsewhere: TestIdentity;
beforeAll(async () => {
  [here, elsewhere] = await Promise.all([startIdentity(), startIdentity()]);
  await Promise.all([here, elsewhere].map((each) => each.person('anna', { role: 'owner' })));
});
afterAll(() => Promise.all([here, elsewhere].map((each) => each.dispose())));

const authorize = ({ issuer }: TestIdentity) => authorizeUrl(issuer);
const carryCookies = (from: Browser, to: Browser) => {
  for (const [name, cookie] of from.cookies) to.cookies.set(name, cookie);
};

it('signs nobody in by the session of another installation', async () => {
  const [there, one] = [createBrowser(elsewhere.issuer), createBrowser(here.issuer)];
  await there.get(authorize(elsewhere));
  const signedIn = await there.submit('/password', { login: 'anna', password: PASSWORD });
  expect(new URL(signedIn.location!).searchParams.get('code')).toBeTruthy();
  carryCookies(there, one);
  const { text, location } = await one.get(authorize(here));
  expect([location, text.includes('<h1>Sign in</h1>')]).toEqual([null, true]);
  carryCookies(there, one);
  expect((await one.get(`${here.issuer}/account`)).text).toContain('<h1>Sign in</h1>');
});

it('goes on with no sign-in that was begun at another installation', async () => {
  const [there, one] = [createBrowser(elsewhere.issuer), createBrowser(here.issuer)];
  const begun = await there.get(authorize(elsewhere));
  carryCookies(there, one);
  const { status, text } = await one.get(new URL(new URL(begun.url).pathname, here.issuer).href);
  expect([status, text.includes('This page is old')]).toEqual([400, true]);
});
