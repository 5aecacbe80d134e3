// cspell:ignore Tizen
import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorizeUrl } from '../testing/authorize.ts';
import { createBrowser } from '../testing/browser.ts';
import { ask } from '../testing/graph.ts';
import { PASSWORD, REDIRECT_URI, startIdentity, type TestIdentity } from '../testing/harness.ts';
import { elsewhere, email, endless, invisible, lookalikes, sprinkled, unseen } from '../testing/hostile.ts';
import { openLasting } from '../testing/lasting.ts';
import { signInTo } from '../testing/signed-in.ts';
import { PAGE_CLIENT_ID } from './provider/clients.ts';

let identity: TestIdentity;
let lasting: Awaited<ReturnType<typeof openLasting>>;
beforeAll(async () => {
  identity = await startIdentity({ TRUSTED_PROXIES: '127.0.0.1,::1' });
  lasting = await openLasting(identity);
  await identity.person('anna', { role: 'owner' });
});
afterAll(async () => {
  await lasting.close();
  await identity.dispose();
});

const RUNS = { numRuns: 12 };
/** Each from an address of its own, as forms of one address are limited. */
const forwarded = () => ({ 'x-forwarded-for': `2001:db8:${randomBytes(2).toString('hex')}::1` });
const alertOf = (text: string) => /role="alert"[^>]*>([^<]+)/.exec(text)?.[1] ?? null;
const unchanged = async (attempt: () => Promise<void>) => {
  const before = await lasting.read();
  await attempt();
  expect(await lasting.read()).toBe(before);
};

/** The page of an invitation, open in a browser. */
async function invited() {
  const invitation = await identity.invite();
  const browser = createBrowser(identity.issuer);
  await browser.get(invitation.link);
  return {
    ...invitation,
    signUp: (fields: { name?: string; login?: string; password?: string }) =>
      browser.submit(
        '/password',
        { name: 'Ben', login: `ben ${randomUUID()}`, password: PASSWORD, ...fields },
        forwarded(),
      ),
  };
}

/** Someone who is signed in at the page, and at the pages of their account. */
async function someone() {
  const login = `someone ${randomUUID()}`;
  const account = await identity.person(login, { role: 'operator' });
  const browser = createBrowser(identity.issuer);
  const device = await signInTo(identity, login, browser);
  const mutate = async (text: string, variables: object) =>
    (await ask(identity, device.token(), `mutation${text}`, variables)).data?.it;
  return {
    account,
    rename: async (name: string) => {
      await browser.get('/account');
      return browser.submit('/account/name', { name }, forwarded());
    },
    create: (input: object) =>
      mutate(
        '($input: ProfileInput!) { it: createProfile(input: $input) { profile { id name } error { code message } } }',
        { input },
      ),
    update: (id: string, input: object, pin: string | null = null) =>
      mutate(
        '($id: ID!, $input: ProfileInput!, $pin: String) { it: updateProfile(id: $id, input: $input, pin: $pin) { profile { name } error { code message } } }',
        { id, input, pin },
      ),
    remove: (id: string, pin: string | null) =>
      mutate(
        '($id: ID!, $pin: String) { it: deleteProfile(id: $id, pin: $pin) { error { code message } } }',
        {
          id,
          pin,
        },
      ),
    choose: (id: string, pin: string | null) =>
      mutate(
        '($id: ID!, $pin: String) { it: chooseProfile(id: $id, pin: $pin) { error { code message retryAfterSeconds } } }',
        { id, pin },
      ),
    invite: (note: string) =>
      mutate(
        '($input: AccountInvitationInput!) { it: createAccountInvitation(input: $input) { invitation { note } error { code message } } }',
        { input: { role: 'MEMBER', note } },
      ),
    takeBack: (id: string) =>
      mutate('($id: ID!) { it: revokeAccountInvitation(id: $id) { error { code } } }', { id }),
    devices: async () =>
      (await ask(identity, device.token(), '{ me { devices { name } } }')).data.me.devices as {
        name: string;
      }[],
  };
}

describe('a name', () => {
  it('that is endless, or that nobody sees, is refused wherever one is given', {
    timeout: 120_000,
  }, async () => {
    const me = await someone();
    const { profile } = await me.create({ name: 'Kim' });
    const { signUp } = await invited();
    await fc.assert(
      fc.asyncProperty(fc.oneof(endless, invisible), (text) =>
        unchanged(async () => {
          for (const answer of [
            await signUp({ name: text }),
            await signUp({ login: text }),
            await me.rename(text),
          ]) {
            expect(answer.status).toBe(400);
            expect(alertOf(answer.text)).toMatch(/empty|at most \d+ characters/);
          }
          for (const answer of [await me.create({ name: text }), await me.update(profile.id, { name: text })])
            expect(answer.error).toEqual({
              code: 'INVALID',
              message: expect.stringMatching(/empty|at most \d+ characters/),
            });
        }),
      ),
      RUNS,
    );
    expect((await me.invite('x'.repeat(10_000))).error.code).toBe('INVALID');
  });

  it('is kept without what nobody sees', { timeout: 120_000 }, async () => {
    const me = await someone();
    const { profile } = await me.create({ name: 'Kim' });
    await fc.assert(
      fc.asyncProperty(sprinkled, async ({ name, text }) => {
        const shown = name.normalize('NFC');
        expect((await me.update(profile.id, { name: text })).profile.name).toBe(shown);
        expect((await me.invite(text)).invitation.note).toBe(shown);
        await me.rename(text);
        expect((await identity.stores.accounts.find(me.account.id))?.name).toBe(shown);
        const { signUp } = await invited();
        expect((await signUp({ name: text })).text).toContain(`Welcome, ${shown}`);
      }),
      RUNS,
    );
  });

  it('of a device is one of ours, whatever a program says of itself', { timeout: 120_000 }, async () => {
    const login = `device ${randomUUID()}`;
    await identity.person(login);
    const words =
      /^(A program|Chrome|Firefox|Safari|Edge|Opera|Samsung Internet)( on (a TV|iPad|iPhone|Android|ChromeOS|Windows|macOS|Linux))?$/;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('', 'Firefox/1 ', 'Tizen '),
        fc.constantFrom('x', '\u00ad', '\u009b', '<script>', '\u00ff', '%0d%0a'),
        async (start, part) => {
          const browser = createBrowser(identity.issuer);
          const agent = (start + part.repeat(10_000)).slice(0, 10_000);
          await browser.get(authorizeUrl(identity.issuer), { 'user-agent': agent, ...forwarded() });
          const after = await browser.submit(
            '/password',
            { login, password: PASSWORD },
            { 'user-agent': agent },
          );
          expect(after.location).toContain('code=');
        },
      ),
      RUNS,
    );
    const { id } = (await identity.stores.accounts.findByLogin(login))!;
    for (const { name } of await identity.stores.devices.listOf(id)) expect(name).toMatch(words);
  });
});

describe('a login', () => {
  it('may be an e-mail address in unicode, however a keyboard writes it', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(email, async ({ login, typed }) => {
        const { signUp } = await invited();
        expect((await signUp({ login })).status).toBe(201);
        const browser = createBrowser(identity.issuer);
        await browser.get(authorizeUrl(identity.issuer));
        const { location } = await browser.submit(
          '/password',
          { login: typed, password: PASSWORD },
          forwarded(),
        );
        expect(location).toContain('code=');
        const other = await invited();
        await unchanged(async () => expect((await other.signUp({ login: typed })).status).toBe(409));
      }),
      RUNS,
    );
  });

  it('that looks like another one is refused', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(lookalikes, fc.boolean(), async ({ plain, other }, isReversed) => {
        const id = randomUUID();
        const [first, second] = isReversed ? [other, plain] : [plain, other];
        const { signUp } = await invited();
        expect((await signUp({ login: `${first}-${id}` })).status).toBe(201);
        const late = await invited();
        await unchanged(async () => {
          const answer = await late.signUp({ login: `${second}-${id}` });
          expect(answer.status).toBe(409);
          expect(alertOf(answer.text)).toMatch(/looks like this one|signs in with this name already/);
        });
        expect((await late.signUp({})).status).toBe(201);
      }),
      RUNS,
    );
  });
});

describe('an invitation', () => {
  it('that has expired, was taken back or was used is none, at each of its routes', {
    timeout: 120_000,
  }, async () => {
    const me = await someone();
    const ends = fc.oneof(
      fc.record({ how: fc.constant('expired' as const), ago: fc.integer({ min: 1, max: 300 * 86_400_000 }) }),
      fc.record({ how: fc.constantFrom('used' as const, 'revoked' as const), ago: fc.constant(0) }),
    );
    await fc.assert(
      fc.asyncProperty(ends, fc.boolean(), async ({ how, ago }, isOpened) => {
        const lifetimeMs = 60_000;
        const at = new Date(Date.now() - ago - (how === 'expired' ? lifetimeMs : 0));
        const { link, invitation } = await identity.invite({ at, lifetimeMs });
        const browser = createBrowser(identity.issuer);
        const good = await invited();
        await browser.get(isOpened && how !== 'expired' ? link : good.link);
        if (how === 'revoked') expect((await me.takeBack(invitation.id)).error).toBeNull();
        if (how === 'used') {
          const first = createBrowser(identity.issuer);
          await first.get(link);
          const fields = { name: 'First', login: `first ${randomUUID()}`, password: PASSWORD };
          expect((await first.submit('/password', fields, forwarded())).status).toBe(201);
        }
        await unchanged(async () => {
          const page = await createBrowser(identity.issuer).get(link);
          expect([page.status, /expired|taken back|works once/.test(page.text)]).toEqual([410, true]);
          for (const path of ['password', 'passkey', 'passkey/options', 'upstream']) {
            const answer = await fetch(`${link}/${path}`, {
              method: 'POST',
              headers: {
                origin: new URL(identity.issuer).origin,
                ...forwarded(),
                cookie: [...browser.cookies].map(([name, { value }]) => `${name}=${value}`).join('; '),
              },
              body: new URLSearchParams({ name: 'Eve', login: 'eve', password: PASSWORD }),
            });
            expect([path, answer.status >= 400 && answer.status < 500]).toEqual([path, true]);
          }
          expect((await me.takeBack(invitation.id)).error.code).toBe('NOT_OPEN');
        });
      }),
      RUNS,
    );
  });
});

describe('a PIN', () => {
  it('that is wrong ten times, by whatever way, locks its profile and changes nothing', {
    timeout: 120_000,
  }, async () => {
    const wrong = fc.oneof(
      fc.stringMatching(/^\d{4,8}$/).filter((pin) => pin !== '271828'),
      fc.constantFrom('', '２７１８２８', ' 271828', '271828\u200b', '٢٧١٨٢٨', '27182', '2718281'),
      endless,
      unseen,
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(wrong, fc.constantFrom('choose', 'update', 'remove')), {
          minLength: 10,
          maxLength: 10,
        }),
        async (attempts) => {
          const me = await someone();
          const { profile } = await me.create({ name: 'Kim', pin: '271828' });
          await unchanged(async () => {
            const codes = [];
            for (const [pin, way] of attempts) {
              const answer =
                way === 'choose'
                  ? await me.choose(profile.id, pin)
                  : way === 'update'
                    ? await me.update(profile.id, { name: 'Eve' }, pin)
                    : await me.remove(profile.id, pin);
              codes.push(answer.error.code);
            }
            expect(codes.slice(0, 5)).toEqual(Array(5).fill('WRONG_PIN'));
            expect(codes.at(-1)).toBe('LOCKED');
            const { error } = await me.choose(profile.id, '271828');
            expect(error).toMatchObject({ code: 'LOCKED', retryAfterSeconds: expect.any(Number) });
          });
        },
      ),
      { numRuns: 5 },
    );
  });
});

describe('an address elsewhere', () => {
  const parameters = [
    'redirect_uri',
    'return_to',
    'next',
    'continue',
    'RelayState',
    'request_uri',
    'target_link_uri',
  ];
  const goesNowhere = (
    answer: { location: string | null; text: string; headers: Headers },
    address: string,
  ) => {
    const target = answer.location ?? '';
    expect(target === '' || target.startsWith(`${REDIRECT_URI}?`) || target.startsWith(identity.issuer)).toBe(
      true,
    );
    for (const [, link = ''] of answer.text.matchAll(/(?:href|action|src|content)="([^"]*)"/g)) {
      expect(link).not.toMatch(/^\s*(javascript|data|vbscript|blob|file):|evil/i);
      expect(link === address).toBe(false);
    }
    expect(answer.headers.get('refresh')).toBeNull();
  };

  it('is where nobody is sent, by no parameter', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(elsewhere, (address) =>
        unchanged(async () => {
          for (const parameter of parameters) {
            const asked = await createBrowser(identity.issuer).get(
              authorizeUrl(identity.issuer, { [parameter]: address }),
              forwarded(),
            );
            goesNowhere(asked, address);
            if (parameter === 'redirect_uri') {
              expect(asked.status).toBe(400);
              expect(asked.text).toContain('an address that it may not use');
            }
          }
          const encoded = encodeURIComponent(address);
          for (const path of [
            `/sign-out?client_id=${PAGE_CLIENT_ID}&post_logout_redirect_uri=${encoded}`,
            `/sign-out?post_logout_redirect_uri=${encoded}`,
            `/account?return_to=${encoded}&changed=${encoded}&done=${encoded}`,
            `/account/signed-in?state=${encoded}&code=${encoded}`,
            `/device?user_code=${encoded}`,
            `/device/qr?user_code=${encoded}`,
            `/invitation/${encoded}`,
            `/interaction/${encoded}`,
            `/upstream/${encoded}/callback?state=${encoded}&code=x&iss=${encoded}`,
          ])
            goesNowhere(
              await createBrowser(identity.issuer).get(identity.issuer + path, forwarded()),
              address,
            );
        }),
      ),
      RUNS,
    );
  });

  it('is not where a form leads that someone fills in', { timeout: 120_000 }, async () => {
    await identity.person('leads on');
    await fc.assert(
      fc.asyncProperty(elsewhere, async (address) => {
        const browser = createBrowser(identity.issuer);
        await browser.get(authorizeUrl(identity.issuer), forwarded());
        const fields = {
          login: 'leads on',
          password: PASSWORD,
          ...Object.fromEntries(parameters.map((name) => [name, address])),
        };
        const { location } = await browser.submit('/password', fields, forwarded());
        expect(location?.startsWith(`${REDIRECT_URI}?`)).toBe(true);
      }),
      RUNS,
    );
  });
});
