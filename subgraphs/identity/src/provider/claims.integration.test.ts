import { afterAll, beforeAll, expect, it } from 'vitest';
import { startIdentity, type TestIdentity } from '../../testing/harness.ts';
import { signInTo } from '../../testing/signed-in.ts';
import { PLAIN } from '../profiles/profile.ts';

let identity: TestIdentity;
beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(() => identity.dispose());

it('says whose profile a token is for, and nothing of limits where there are none', async () => {
  const account = await identity.person('anna', { role: 'owner' });
  const before = Date.now();
  const device = await signInTo(identity, 'anna');
  const [profile] = await identity.stores.profiles.listOf(account, new Date());
  const claims = device.claims();
  expect(claims).toMatchObject({
    sub: account.id,
    roles: ['viewer', 'operator'],
    device_id: expect.any(String),
    profile_id: profile!.id,
    iat_ms: expect.any(Number),
  });
  expect(claims.iat_ms).toBeGreaterThanOrEqual(before);
  expect(claims.iat_ms).toBeLessThanOrEqual(Date.now());
  expect(claims).not.toHaveProperty('libraries');
  expect(claims).not.toHaveProperty('rating_limit');
});

it('says the least limit until a profile is chosen on the device, and then that of the profile', async () => {
  const account = await identity.person('bert', { role: 'owner', libraries: ['films', 'kids'] });
  const { profiles, devices } = identity.stores;
  const [adult] = await profiles.listOf(account, new Date());
  const made = await profiles.create(
    account.id,
    { ...PLAIN, name: 'Kid', isKid: true, ratingLimit: 6 },
    new Date(),
  );
  if (made.outcome !== 'created') throw new Error(made.outcome);
  const device = await signInTo(identity, 'bert');
  const deviceId = device.claims().device_id as string;
  expect(device.claims()).not.toHaveProperty('profile_id');
  expect(device.claims()).toMatchObject({
    roles: ['viewer'],
    rating_limit: 6,
    libraries: ['films', 'kids'],
  });

  await devices.choose(deviceId, adult!.id);
  await device.refresh();
  expect(device.claims()).toMatchObject({ roles: ['viewer', 'operator'], profile_id: adult!.id });
  expect(device.idClaims()).toMatchObject({ roles: ['viewer', 'operator'] });
  expect(device.claims()).not.toHaveProperty('rating_limit');

  await devices.choose(deviceId, made.profile.id);
  await device.refresh();
  expect(device.claims()).toMatchObject({
    roles: ['viewer'],
    profile_id: made.profile.id,
    rating_limit: 6,
    libraries: ['films', 'kids'],
    device_id: deviceId,
  });
  expect(device.idClaims()).toMatchObject({ roles: ['viewer'] });

  // Another device of the account has its own choice.
  expect((await signInTo(identity, 'bert')).claims()).not.toHaveProperty('profile_id');
});

it('gives an operator the role, without being an owner', async () => {
  await identity.person('olga', { role: 'operator' });
  expect((await signInTo(identity, 'olga')).claims()).toMatchObject({ roles: ['viewer', 'operator'] });
});
