import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Stores } from '../stores.ts';
import { type Invitation, stateOf } from './invitations.ts';
import type { SignUp } from './sign-ups.ts';

const LIFETIME_MS = 60_000;

/** The guarantees of invitations and of the sign-ups that use them, in a database without accounts. */
export function invitationsCompliance(stores: Stores): void {
  const at = new Date(1_700_000_000_000);
  const later = new Date(at.getTime() + LIFETIME_MS);
  const invite = (more: Partial<Invitation> = {}, from = at) =>
    stores.invitations.create(
      { role: 'member', plan: null, invitedBy: 'owner', note: 'Anna', ...more },
      { at: from, lifetimeMs: LIFETIME_MS },
    );
  const request = (secret: string, more: Partial<SignUp> = {}): SignUp => ({
    secret,
    accountId: randomUUID(),
    login: randomUUID(),
    name: 'Anna',
    credential: { kind: 'password', hash: 'hash' },
    ...more,
  });
  const passkey = (id: string = randomUUID()) => ({
    id,
    publicKey: new Uint8Array([7]),
    counter: 0,
    transports: ['internal'],
    name: 'Phone',
  });

  it('lets one set-up through, however many links and people there are', async () => {
    const links = await Promise.all([1, 2].map(() => invite({ role: 'owner', invitedBy: null })));
    const outcomes = await Promise.all(
      [links[0]!, links[0]!, links[1]!].map(({ secret }) => stores.signUps.signUp(request(secret), at)),
    );
    expect(outcomes.filter(({ outcome }) => outcome === 'signed_up')).toMatchObject([
      { account: { role: 'owner', state: 'active' } },
    ]);
    expect(await stores.accounts.list({ first: 10, after: null })).toHaveLength(1);
    const { secret } = await invite({ role: 'owner', invitedBy: null });
    expect(await stores.signUps.signUp(request(secret), at)).toEqual({ outcome: 'set_up' });
    await stores.invitations.revokeSetUps(at);
    expect(await stores.signUps.signUp(request(secret), at)).toEqual({ outcome: 'revoked' });
  });

  it('finds an invitation by its secret alone, which it does not store', async () => {
    const { invitation, secret } = await invite({ plan: 'family' });
    expect(await stores.invitations.find(secret)).toEqual(invitation);
    expect(await stores.invitations.find(invitation.id)).toBeNull();
    expect(await stores.invitations.get(invitation.id)).toEqual(invitation);
    expect(await stores.invitations.get(secret)).toBeNull();
    expect(JSON.stringify(await stores.invitations.list({ first: 100, before: null }))).not.toContain(secret);
  });

  it('makes an account of an invitation, with its role, plan and libraries, once', async () => {
    const { invitation, secret } = await invite({ role: 'operator', plan: 'family', libraries: ['kids'] });
    const one = request(secret, { credential: { kind: 'passkey', passkey: passkey() } });
    const outcomes = await Promise.all([one, request(secret)].map((each) => stores.signUps.signUp(each, at)));
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['signed_up', 'used']);
    const account = outcomes.flatMap((each) => (each.outcome === 'signed_up' ? [each.account] : []))[0]!;
    expect(account).toMatchObject({
      role: 'operator',
      plan: 'family',
      libraries: ['kids'],
      createdAt: at,
    });
    expect(await stores.invitations.find(secret)).toEqual({ ...invitation, usedAt: at, usedBy: account.id });
  });

  it('stores the passkey of a sign-up', async () => {
    const { secret } = await invite();
    const first = passkey();
    const { accountId, ...rest } = request(secret, { credential: { kind: 'passkey', passkey: first } });
    await stores.signUps.signUp({ accountId, ...rest }, at);
    expect(await stores.credentials.findPasskey(first.id)).toMatchObject({ accountId, createdAt: at });
    const again = await invite();
    const taken = request(again.secret, { credential: { kind: 'passkey', passkey: passkey(first.id) } });
    expect(await stores.signUps.signUp(taken, at)).toEqual({ outcome: 'passkey_taken' });
    expect(stateOf((await stores.invitations.find(again.secret))!, at)).toBe('open');
  });

  it('gives a login to one of two who ask for it at once, and keeps the other’s invitation open', async () => {
    const login = `Zoë ${randomUUID()}`;
    const links = [await invite(), await invite()];
    const outcomes = await Promise.all(
      links.map(({ secret }, n) =>
        stores.signUps.signUp(request(secret, { login: n === 0 ? login : login.toUpperCase() }), at),
      ),
    );
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['login_taken', 'signed_up']);
    const refused = links[outcomes.findIndex(({ outcome }) => outcome === 'login_taken')]!;
    expect(stateOf((await stores.invitations.find(refused.secret))!, at)).toBe('open');
  });

  it('gives logins that look the same to one of two who ask at once, and keeps the other’s invitation open', async () => {
    const id = randomUUID();
    const links = [await invite(), await invite()];
    const sign = (login: string, n: number) =>
      stores.signUps.signUp(request(links[n]!.secret, { login: `${login} ${id}` }), at);
    const outcomes = await Promise.all([sign('coco', 0), sign('\u0441\u043e\u0441\u043e', 1)]);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['login_alike', 'signed_up']);
    const refused = outcomes.findIndex(({ outcome }) => outcome === 'login_alike');
    expect(stateOf((await stores.invitations.find(links[refused]!.secret))!, at)).toBe('open');
    expect(await sign('other', refused)).toMatchObject({ outcome: 'signed_up' });
  });

  it('refuses an invitation that has expired, was revoked, or is none', async () => {
    const { invitation, secret } = await invite();
    expect(await stores.signUps.signUp(request(secret), later)).toEqual({ outcome: 'expired' });
    expect(await stores.invitations.revoke(invitation.id, later)).toBe(false);
    expect(await stores.invitations.revoke(invitation.id, at)).toBe(true);
    expect(await stores.invitations.revoke(invitation.id, at)).toBe(false);
    expect(await stores.signUps.signUp(request(secret), at)).toEqual({ outcome: 'revoked' });
    expect(await stores.signUps.signUp(request('none'), at)).toEqual({ outcome: 'unknown' });
  });

  it('lists invitations page by page, the newest first', async () => {
    const newer = new Date(at.getTime() + 10 * LIFETIME_MS);
    const made = [await invite({}, newer), await invite({}, newer), await invite({}, newer)];
    const first = await stores.invitations.list({ first: 2, before: null });
    const rest = await stores.invitations.list({ first: 1, before: first[1]! });
    expect([...first, ...rest].map(({ id }) => id).sort()).toEqual(
      made.map(({ invitation }) => invitation.id).sort(),
    );
  });
}
