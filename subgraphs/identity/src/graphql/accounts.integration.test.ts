import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createBrowser } from '../../testing/browser.ts';
import { ask } from '../../testing/graph.ts';
import { PASSWORD, SERVICE_TOKEN, startIdentity, type TestIdentity } from '../../testing/harness.ts';
import { signInTo } from '../../testing/signed-in.ts';

let identity: TestIdentity;
let owner: Awaited<ReturnType<typeof someone>>;
beforeAll(async () => {
  identity = await startIdentity();
  owner = await someone({ role: 'owner' });
});
afterAll(() => identity.dispose());

async function someone(options: Parameters<TestIdentity['person']>[1] = {}) {
  const login = `someone ${randomUUID()}`;
  const account = await identity.person(login, options);
  const device = await signInTo(identity, login);
  return {
    account,
    login,
    device,
    query: (text: string, variables = {}) => ask(identity, device.token(), text, variables),
  };
}

const UPDATE = `mutation($id: ID!, $input: AccountUpdateInput!) {
  updateAccount(id: $id, input: $input) { account { role state plan libraries } error { code } }
}`;
const INVITE = `mutation($input: AccountInvitationInput!) {
  createAccountInvitation(input: $input) {
    link error { code } invitation { id role libraries note state account { login } }
  }
}`;

it('answers people who are signed in, through the gateway, and nobody else', async () => {
  const me = '{ me { id name login role state plan libraries createdAt } }';
  const { account, device } = owner;
  expect((await owner.query(me)).data.me).toEqual({
    id: account.id,
    name: account.name,
    login: account.login,
    role: 'OWNER',
    state: 'ACTIVE',
    plan: null,
    libraries: null,
    createdAt: account.createdAt.toISOString(),
  });
  expect((await ask(identity, null, me)).codes).toEqual(['UNAUTHENTICATED']);
  expect((await ask(identity, SERVICE_TOKEN, me)).codes).toEqual(['FORBIDDEN']);
  const direct = await fetch(`${identity.issuer}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${device.token()}` },
    body: JSON.stringify({ query: me }),
  });
  expect(direct.status).toBe(403);
  const forged = `${device.token().slice(0, -8)}AAAAAAAA`;
  expect((await ask(identity, forged, me)).codes).toEqual(['UNAUTHENTICATED']);
});

it('lists devices and revokes one’s own alone, whose token is refused at once', async () => {
  const me = await someone();
  const tv = await signInTo(identity, me.login);
  const devices = '{ me { devices { id name clientId isThis profileId } } }';
  const mine = me.device.claims().device_id;
  const listed = (await me.query(devices)).data.me.devices as { id: string }[];
  expect(listed.map(({ id }) => id).sort()).toEqual([mine, tv.claims().device_id].sort());
  expect(listed.find(({ id }) => id === mine)).toMatchObject({ isThis: true, clientId: 'giggityflix-page' });
  const revoke = 'mutation($id: ID!) { revokeDevice(id: $id) { devices { id } } }';
  for (const id of [owner.device.claims().device_id, randomUUID()])
    expect((await me.query(revoke, { id })).codes).toEqual(['NOT_FOUND']);
  expect((await owner.query('{ me { id } }')).codes).toEqual([]);
  expect((await me.query(revoke, { id: tv.claims().device_id })).data.revokeDevice.devices).toEqual([
    { id: mine },
  ]);
  expect((await ask(identity, tv.token(), '{ me { id } }')).codes).toEqual(['UNAUTHENTICATED']);
  expect((await me.query('mutation { signOutEverywhere { id profiles { isChosen } } }')).data).toMatchObject({
    signOutEverywhere: { id: me.account.id },
  });
  expect((await me.query('{ me { id } }')).codes).toEqual(['UNAUTHENTICATED']);
});

it('shows accounts and invitations to operators alone, page by page', async () => {
  const member = await someone();
  const page = `query($after: String) {
    accounts(first: 1, after: $after) { edges { node { id devices { id } profiles { name } } } pageInfo { hasNextPage endCursor } }
  }`;
  for (const query of [page, '{ accountInvitations { edges { cursor } } }'])
    expect((await member.query(query)).codes).toEqual(['FORBIDDEN']);
  const first = (await owner.query(page)).data.accounts;
  expect(first.edges[0].node.profiles).toHaveLength(1);
  const second = (await owner.query(page, { after: first.pageInfo.endCursor })).data.accounts;
  expect(first.pageInfo.hasNextPage).toBe(true);
  expect(second.edges[0].node.id).not.toBe(first.edges[0].node.id);
  for (const query of [
    '{ accounts(first: 0) { edges { cursor } } }',
    '{ accounts(first: 101) { edges { cursor } } }',
  ])
    expect((await owner.query(query)).codes).toEqual(['BAD_USER_INPUT']);
  expect((await owner.query(page, { after: 'x'.repeat(10_000) })).codes).toEqual(['BAD_USER_INPUT']);
  const entities = 'query($r: [_Any!]!) { _entities(representations: $r) { ... on Account { id } } }';
  const r = [{ __typename: 'Account', id: owner.account.id }];
  expect((await member.query(entities, { r })).data._entities).toEqual([null]);
  expect((await owner.query(entities, { r })).data._entities).toEqual([{ id: owner.account.id }]);
});

it('invites by a link that is shown once, and makes an account with its libraries', async () => {
  const input = { role: 'MEMBER', libraries: ['films', 'films', 'kids'], note: 'For \u202eAnna' };
  const { link, invitation, error } = (await owner.query(INVITE, { input })).data.createAccountInvitation;
  expect(error).toBeNull();
  expect(invitation).toEqual({
    id: expect.any(String),
    role: 'MEMBER',
    libraries: ['films', 'kids'],
    note: 'For Anna',
    state: 'OPEN',
    account: null,
  });
  const browser = createBrowser(identity.issuer);
  await browser.get(link);
  const login = `invited ${randomUUID()}`;
  const { status } = await browser.submit('/password', { name: 'Anna', login, password: PASSWORD });
  expect(status).toBe(201);
  expect((await signInTo(identity, login)).claims()).toMatchObject({ libraries: ['films', 'kids'] });
  const list = '{ accountInvitations(first: 100) { edges { node { id state account { login } } } } }';
  const { data } = await owner.query(list);
  const listed = data.accountInvitations.edges.map(({ node }: { node: { id: string } }) => node);
  expect(listed).toContainEqual({ id: invitation.id, state: 'USED', account: { login } });
  expect(JSON.stringify(data)).not.toContain(link.split('/').at(-1));
});

it('takes open invitations back', async () => {
  const revoke =
    'mutation($id: ID!) { revokeAccountInvitation(id: $id) { invitation { state } error { code } } }';
  const made = (await owner.query(INVITE, { input: { role: 'MEMBER' } })).data.createAccountInvitation;
  const revoked = async (id: string) => (await owner.query(revoke, { id })).data.revokeAccountInvitation;
  expect(await revoked(made.invitation.id)).toEqual({ invitation: { state: 'REVOKED' }, error: null });
  expect((await revoked(made.invitation.id)).error.code).toBe('NOT_OPEN');
  expect((await revoked('none')).error.code).toBe('NOT_FOUND');
});

it.each([
  [{ role: 'MEMBER', plan: 'none such' }],
  [{ role: 'MEMBER', libraries: ['Films'] }],
  [{ role: 'MEMBER', libraries: ['-x'] }],
  [{ role: 'MEMBER', libraries: ['x'.repeat(64)] }],
  [{ role: 'MEMBER', libraries: Array.from({ length: 101 }, (_, n) => `l${n}`) }],
  [{ role: 'MEMBER', libraries: Array.from({ length: 100 }, (_, n) => `l${n}`.padEnd(60, 'x')) }],
  [{ role: 'MEMBER', note: 'x'.repeat(10_000) }],
])('refuses an invitation that cannot be: %o', async (input) => {
  expect((await owner.query(INVITE, { input })).data.createAccountInvitation).toMatchObject({
    link: null,
    invitation: null,
    error: { code: 'INVALID' },
  });
});

it('changes accounts, and leaves owners to owners', async () => {
  const [operator, member] = [await someone({ role: 'operator' }), await someone()];
  const update = async (who: typeof operator, id: string, input: object) =>
    (await who.query(UPDATE, { id, input })).data.updateAccount;
  expect(await update(operator, member.account.id, { libraries: ['kids'], state: 'LIMITED' })).toEqual({
    account: { role: 'MEMBER', state: 'LIMITED', plan: null, libraries: ['kids'] },
    error: null,
  });
  expect(await update(operator, member.account.id, { libraries: null, state: 'ACTIVE' })).toMatchObject({
    account: { state: 'ACTIVE', libraries: null },
  });
  expect(await update(operator, member.account.id, {})).toMatchObject({ account: { role: 'MEMBER' } });
  for (const [id, input] of [
    [member.account.id, { role: 'OWNER' }],
    [operator.account.id, { role: 'OWNER' }],
    [owner.account.id, { state: 'CLOSED' }],
  ] as const)
    expect((await update(operator, id, input)).error.code).toBe('OWNERS_ONLY');
  expect(
    (await operator.query(INVITE, { input: { role: 'OWNER' } })).data.createAccountInvitation.error.code,
  ).toBe('OWNERS_ONLY');
  expect((await update(owner, owner.account.id, { role: 'MEMBER' })).error.code).toBe('LAST_OWNER');
  expect((await update(owner, randomUUID(), { plan: null })).error.code).toBe('NOT_FOUND');
  expect((await update(owner, member.account.id, { plan: 'none such' })).error.code).toBe('INVALID');
  expect((await member.query(UPDATE, { id: member.account.id, input: { role: 'OWNER' } })).codes).toEqual([
    'FORBIDDEN',
  ]);
  expect((await update(owner, member.account.id, { state: 'CLOSED' })).account.state).toBe('CLOSED');
  expect((await member.query('{ me { id } }')).codes).toEqual(['UNAUTHENTICATED']);
});
