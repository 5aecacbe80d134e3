import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../../testing/graph.ts';
import { startIdentity, type TestIdentity } from '../../testing/harness.ts';
import { type SignedIn, signInTo } from '../../testing/signed-in.ts';

let identity: TestIdentity;
beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(() => identity.dispose());

const PROFILE = 'id name picture isKid ratingLimit hours { from until timeZone } hasPin isChosen';
const PAYLOAD = `{ profile { ${PROFILE} } error { code message retryAfterSeconds } }`;

/** A signed-in person of a new account, and what they ask. */
async function someone(options: Parameters<TestIdentity['person']>[1] = {}) {
  const login = `someone ${randomUUID()}`;
  const account = await identity.person(login, options);
  return { account, login, ...asks(await signInTo(identity, login)) };
}
const asks = (device: SignedIn) => {
  const query = (text: string, variables = {}) => ask(identity, device.token(), text, variables);
  const mutate = async (field: string, declared: string, passed: string, variables: object) =>
    (await query(`mutation(${declared}) { it: ${field}(${passed}) ${PAYLOAD} }`, variables)).data?.it;
  return {
    device,
    query,
    profiles: async () =>
      (await query(`{ me { profiles { ${PROFILE} } } }`)).data.me.profiles as { id: string; name: string }[],
    create: (input: object) => mutate('createProfile', '$input: ProfileInput!', 'input: $input', { input }),
    update: (id: string, input: object, pin?: string) =>
      mutate(
        'updateProfile',
        '$id: ID!, $input: ProfileInput!, $pin: String',
        'id: $id, input: $input, pin: $pin',
        {
          id,
          input,
          pin,
        },
      ),
    remove: (id: string, pin?: string) =>
      mutate('deleteProfile', '$id: ID!, $pin: String', 'id: $id, pin: $pin', { id, pin }),
    choose: (id: string, pin?: string) =>
      mutate('chooseProfile', '$id: ID!, $pin: String', 'id: $id, pin: $pin', { id, pin }),
  };
};

describe('profiles', () => {
  it('begin with one, and are made, changed, chosen and deleted', async () => {
    const me = await someone();
    expect(await me.profiles()).toEqual([
      {
        id: expect.any(String),
        name: me.account.name,
        picture: null,
        isKid: false,
        ratingLimit: null,
        hours: null,
        hasPin: false,
        isChosen: true,
      },
    ]);
    const kid = {
      name: 'Zoë',
      picture: 'fox',
      isKid: true,
      ratingLimit: 6,
      hours: { from: '07:30', until: '19:00', timeZone: 'Europe/Berlin' },
      audioLanguages: ['de', 'EN-us'],
    };
    const made = await me.create(kid);
    const { audioLanguages: _, ...shown } = kid;
    expect(made).toEqual({
      profile: { ...shown, id: expect.any(String), hasPin: false, isChosen: false },
      error: null,
    });
    const { id } = made.profile;
    // The adult who made it still watches here.
    expect((await me.profiles())[0]).toMatchObject({ isChosen: true });
    expect(await me.update(id, { name: 'Zoe', ratingLimit: null, pin: '1234' })).toMatchObject({
      profile: { ...shown, name: 'Zoe', ratingLimit: null, hasPin: true },
    });
    const languages = '{ me { profiles { audioLanguages subtitleLanguages } } }';
    expect((await me.query(languages)).data.me.profiles[1]).toEqual({
      audioLanguages: ['de', 'en-US'],
      subtitleLanguages: [],
    });
    expect((await me.update(id, { name: 'Zoe', ratingLimit: 12 }, '9999')).error.code).toBe('WRONG_PIN');
    expect((await me.update(id, { name: 'Zoe' })).error.code).toBe('WRONG_PIN');
    expect(await me.update(id, { name: 'Zoe', pin: null, ratingLimit: 12 }, '1234')).toMatchObject({
      profile: { hasPin: false, ratingLimit: 12 },
    });
    expect(await me.choose(id)).toMatchObject({ profile: { id, isChosen: true } });
    await me.device.refresh();
    expect(me.device.claims()).toMatchObject({ profile_id: id, rating_limit: 12 });
    expect((await me.choose((await me.profiles())[0]!.id)).error).toBeNull();
    expect((await me.remove(id)).profile).toMatchObject({ id });
    expect(await me.profiles()).toHaveLength(1);
    expect((await me.remove((await me.profiles())[0]!.id)).error.code).toBe('LAST_PROFILE');
  });

  it('are at most twelve', async () => {
    const me = await someone();
    for (let n = 0; n < 11; n += 1) expect((await me.create({ name: `P${n}` })).error).toBeNull();
    expect((await me.create({ name: 'one more' })).error.code).toBe('TOO_MANY_PROFILES');
    expect(await me.profiles()).toHaveLength(12);
  });

  it('are locked by wrong PINs, also for the right one, and stay as they were', async () => {
    const me = await someone();
    const { profile } = await me.create({ name: 'Adult', pin: '1234' });
    const [first] = await me.profiles();
    const outcomes = [];
    for (let n = 0; n < 10; n += 1) outcomes.push((await me.choose(profile.id, `000${n}`)).error);
    expect(outcomes[0]).toMatchObject({ code: 'WRONG_PIN', retryAfterSeconds: null });
    expect(outcomes[9]).toMatchObject({ code: 'LOCKED' });
    expect(outcomes[9].retryAfterSeconds).toBeGreaterThan(0);
    for (const attempt of [
      me.choose(profile.id, '1234'),
      me.remove(profile.id, '1234'),
      me.update(profile.id, { name: 'x' }, '1234'),
    ])
      expect((await attempt).error.code).toBe('LOCKED');
    expect(await me.profiles()).toMatchObject([
      { id: first!.id, isChosen: true },
      { id: profile.id, name: 'Adult', isChosen: false, hasPin: true },
    ]);
    // Of another profile nothing is locked.
    expect((await me.choose(first!.id)).error).toBeNull();
  });

  it('of others are not found, as those that never were', async () => {
    const [me, other] = [await someone({ role: 'owner' }), await someone()];
    const [theirs] = await other.profiles();
    const never = randomUUID();
    for (const act of [me.choose, me.remove, (id: string) => me.update(id, { name: 'x' })]) {
      const [one, none] = [await act(theirs!.id), await act(never)];
      expect(one).toEqual(none);
      expect(one.error.code).toBe('NOT_FOUND');
    }
    const entities = 'query($r: [_Any!]!) { _entities(representations: $r) { ... on Profile { id name } } }';
    const r = [theirs!.id, never].map((id) => ({ __typename: 'Profile', id }));
    expect((await me.query(entities, { r })).data).toEqual({ _entities: [null, null] });
    expect((await other.query(entities, { r })).data._entities).toMatchObject([{ id: theirs!.id }, null]);
    expect((await other.profiles())[0]!.name).toBe(theirs!.name);
  });

  it.each([
    ['an empty name', { name: ' \u200b\u202e ' }],
    ['a name of 10,000 characters', { name: 'x'.repeat(10_000) }],
    ['a rating above 21', { name: 'x', ratingLimit: 22 }],
    ['a rating below 0', { name: 'x', ratingLimit: -1 }],
    ['a picture that is none', { name: 'x', picture: '../fox' }],
    ['a PIN of 3 digits', { name: 'x', pin: '123' }],
    ['a PIN of 9 digits', { name: 'x', pin: '123456789' }],
    ['a PIN of letters', { name: 'x', pin: 'abcd' }],
    ['a time that is none', { name: 'x', hours: { from: '24:00', until: '07:00', timeZone: 'UTC' } }],
    ['no time at all', { name: 'x', hours: { from: '07:00', until: '07:00', timeZone: 'UTC' } }],
    ['a time zone that is none', { name: 'x', hours: { from: '07:00', until: '08:00', timeZone: 'Mars' } }],
    ['a language that is none', { name: 'x', audioLanguages: ['the one I speak'] }],
    ['21 languages', { name: 'x', subtitleLanguages: Array(21).fill('en') }],
  ])('are refused with %s, in words', async (_what, input) => {
    const me = await someone();
    const { profile, error } = await me.create(input);
    expect(profile).toBeNull();
    expect(error).toMatchObject({ code: 'INVALID', message: expect.stringMatching(/^[A-Z].{5,250}\.$/) });
    expect(await me.profiles()).toHaveLength(1);
  });

  it('have names without what is not seen', async () => {
    const me = await someone();
    expect((await me.create({ name: ' An\u202ena\u0000 \u200b ' })).profile.name).toBe('Anna');
  });
});

describe('a kids’ profile', () => {
  it('changes nothing, whatever the role of its account, and whatever its token says', async () => {
    const me = await someone({ role: 'owner' });
    const { profile: kid } = await me.create({ name: 'Kid', isKid: true, ratingLimit: 6 });
    const { profile: adult } = await me.create({ name: 'Adult', pin: '1234' });
    await me.choose(kid.id);
    // Before it is renewed the token still names the operator role.
    expect(me.device.claims().roles).toContain('operator');
    const forbidden = async () => {
      const deviceId = me.device.claims().device_id;
      for (const operation of [
        'mutation { createProfile(input: { name: "x" }) { profile { id } } }',
        `mutation { updateProfile(id: "${kid.id}", input: { name: "x", ratingLimit: 21 }) { profile { id } } }`,
        `mutation { deleteProfile(id: "${kid.id}") { profile { id } } }`,
        `mutation { revokeDevice(id: "${deviceId}") { id } }`,
        'mutation { signOutEverywhere { id } }',
        'mutation { createAccountInvitation(input: { role: MEMBER }) { link } }',
        `mutation { updateAccount(id: "${me.account.id}", input: { plan: null }) { account { id } } }`,
        '{ accounts { edges { cursor } } }',
        '{ accountInvitations { edges { cursor } } }',
      ])
        expect((await me.query(operation)).codes, operation).toEqual(['FORBIDDEN']);
    };
    await forbidden();
    await me.device.refresh();
    await forbidden();
    expect((await me.choose(adult.id)).error.code).toBe('WRONG_PIN');
    expect((await me.choose(adult.id, '1234')).error).toBeNull();
    expect((await me.query('{ accounts { edges { cursor } } }')).codes).toEqual([]);
  });

  it('is what a new device may do until it has chosen another', async () => {
    const me = await someone({ role: 'owner' });
    const { profile: kid } = await me.create({ name: 'Kid', isKid: true, ratingLimit: 6 });
    const other = asks(await signInTo(identity, me.login));
    expect(other.device.claims()).toMatchObject({ roles: ['viewer'], rating_limit: 6 });
    expect(
      (await other.query('mutation { createProfile(input: { name: "x" }) { error { code } } }')).codes,
    ).toEqual(['FORBIDDEN']);
    const [adult] = await other.profiles();
    expect(await other.choose(adult!.id)).toMatchObject({ profile: { isChosen: true } });
    await other.device.refresh();
    expect(other.device.claims()).toMatchObject({ roles: ['viewer', 'operator'] });
    expect((await other.remove(kid.id)).error).toBeNull();
  });

  it('cannot be the only one', async () => {
    const me = await someone();
    const [only] = await me.profiles();
    expect((await me.update(only!.id, { name: 'x', isKid: true })).error.code).toBe('LAST_PROFILE');
  });
});
