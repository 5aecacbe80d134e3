import { generateKeyPairSync, sign } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { on, type PeerAccessChanged, type PeerInvitationChanged } from '@giggityflix/bus';
import { invitationHash, parseInvitation, parseInvitedNetwork } from '@giggityflix/proto/invitation';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { file } from '../../testing/fixtures.ts';
import { type RunningTracker, runTracker } from '../../testing/running.ts';
import { MAX_OPEN_INVITATIONS } from '../membership/membership.ts';

const until = (check: () => unknown) => expect.poll(check, { interval: 10 });
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const jwks = join(tmpdir(), `giggityflix-jwks-${process.pid}.json`);

let running: RunningTracker;
const invitations: PeerInvitationChanged[] = [];
const accesses: PeerAccessChanged[] = [];
let tokens: Record<'olga' | 'vera' | 'viktor', string>;

function token(userId: string, roles: string[]): string {
  const exp = Math.floor(Date.now() / 1_000) + 3_600;
  const claims = { sub: userId, roles, iss: 'giggityflix', aud: 'giggityflix', exp };
  const text = [{ alg: 'EdDSA', kid: 'test' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`;
}

beforeAll(async () => {
  const key = { ...publicKey.export({ format: 'jwk' }), kid: 'test', alg: 'EdDSA', use: 'sig' };
  await writeFile(jwks, JSON.stringify({ keys: [key] }));
  tokens = {
    olga: token('olga', ['viewer', 'operator']),
    vera: token('vera', ['viewer']),
    viktor: token('viktor', ['viewer']),
  };
  running = await start({
    ENROLMENT: 'invitation',
    INVITATIONS_FROM: 'accounts',
    INVITATION_EDGES: 'films.example:50051',
    PEER_REQUESTS: 'true',
  });
  await running.bus.broadcast({
    routes: [
      on(running.topics.peerInvitationChanged, ({ value }) => void invitations.push(value)),
      on(running.topics.peerAccessChanged, ({ value }) => void accesses.push(value)),
    ],
  });
});
afterAll(async () => {
  await running?.stop();
  await rm(jwks, { force: true });
});

const start = (env: Record<string, string>) =>
  runTracker({ AUTH_MODE: 'jwt', AUTH_JWKS_URL: pathToFileURL(jwks).href, ...env });

const CREATE = `mutation ($input: CreatePeerInvitationInput!) {
  createPeerInvitation(input: $input) {
    code link invitation { id name state createdBy createdAt expiresAt requiresApproval usedBy }
  }
}`;
const MEMBER = 'member { peerId name membership }';

async function ask(who: keyof typeof tokens, document: string, variables: Record<string, unknown> = {}) {
  const { data, errors } = await running.client.request(document, variables, { token: tokens[who] });
  return { data, code: errors?.[0]?.extensions?.code, message: errors?.[0]?.message };
}
const create = async (who: keyof typeof tokens, input: Record<string, unknown> = {}) => {
  const answer = await ask(who, CREATE, { input: { name: 'attic', ...input } });
  return { ...answer, made: answer.data?.createPeerInvitation };
};
const decide = (mutation: 'approvePeer' | 'revokePeer', peerId: string) =>
  ask('olga', `mutation ($peerId: ID!) { ${mutation}(peerId: $peerId) { ${MEMBER} } }`, { peerId });

/** Publishes as an edge does when a peer used an invitation. */
const enrol = (peerId: string, invitationId: string) =>
  running.bus.publish({
    topic: running.topics.peerEnrolled,
    key: peerId,
    value: {
      peer_id: peerId,
      invitation_id: invitationId,
      edge_id: 'edge-1',
      timestamp: new Date().toISOString(),
    },
  });
const membershipOf = async (peerId: string) => {
  const { data } = await ask(
    'olga',
    '{ peerMembers(first: 100) { edges { node { peerId name membership } } } }',
  );
  return data.peerMembers.edges
    .map(({ node }: { node: object }) => node)
    .find((node: { peerId: string }) => node.peerId === peerId);
};

describe('an invitation', () => {
  it('is to be had by anyone who asks, for a peer that then waits; 20 at once', async () => {
    const document = `mutation ($input: RequestPeerInvitationInput!) {
      requestPeerInvitation(input: $input) { link invitation { name createdBy requiresApproval } }
    }`;
    const asking = () => running.client.request(document, { input: { name: 'laptop' } });
    const { data } = await asking();
    expect(data.requestPeerInvitation).toMatchObject({
      link: expect.stringContaining('edge=films.example:50051'),
      invitation: { name: 'laptop', createdBy: 'peer-requests', requiresApproval: true },
    });
    for (let n = 1; n < 20; n++) await asking();
    expect((await asking()).errors?.[0]?.extensions?.code).toBe('TOO_MANY_INVITATIONS');
  });

  it('has a code, of which edges get the hash', async () => {
    const { made } = await create('olga', { name: " Ada's attic " });
    const { invitation, code, link } = made;
    expect(parseInvitation(link)).toBe(code);
    expect(parseInvitedNetwork(link)).toEqual({ edges: ['films.example:50051'], tls: true, authority: null });
    expect(invitation).toMatchObject({
      name: "Ada's attic",
      state: 'OPEN',
      createdBy: 'olga',
      requiresApproval: false,
      usedBy: null,
    });
    expect(Date.parse(invitation.expiresAt) - Date.parse(invitation.createdAt)).toBe(86_400_000);
    await until(() => invitations.find(({ invitation_id }) => invitation_id === invitation.id)).toMatchObject(
      {
        code_hash: invitationHash(code),
        requires_approval: false,
        expires_at: invitation.expiresAt,
        revoked: false,
      },
    );
    expect(JSON.stringify(invitations)).not.toContain(code);
  });

  it.each([
    { name: '' },
    { name: 'x'.repeat(101) },
    { name: 'two\nlines' },
    { name: '\u3164\u2800' },
    { expiresInSeconds: 59 },
    { expiresInSeconds: 2_592_001 },
  ])('is not made of %j', async (input) => {
    expect((await create('olga', input)).code).toBe('BAD_USER_INPUT');
  });

  it.each([{ name: 'x'.repeat(100) }, { expiresInSeconds: 60 }, { expiresInSeconds: 2_592_000 }])(
    'is made of %j',
    async (input) => {
      const { made } = await create('olga', input);
      await ask(
        'olga',
        'mutation ($id: ID!) { revokePeerInvitation(id: $id) { invitation { id } } }',
        made.invitation,
      );
    },
  );

  it('of an account that is no operator waits for one, and is its own alone', async () => {
    const { made } = await create('vera', { requiresApproval: false });
    expect(made.invitation).toMatchObject({ createdBy: 'vera', requiresApproval: true });
    const LIST = '{ peerInvitations { edges { node { id createdBy } } } }';
    const listed = async (who: keyof typeof tokens) =>
      (await ask(who, LIST)).data.peerInvitations.edges.map(({ node }: { node: { id: string } }) => node.id);
    expect(await listed('vera')).toEqual([made.invitation.id]);
    expect(await listed('viktor')).toEqual([]);
    expect(await listed('olga')).toContain(made.invitation.id);
    const REVOKE = 'mutation ($id: ID!) { revokePeerInvitation(id: $id) { invitation { state } } }';
    expect((await ask('viktor', REVOKE, made.invitation)).code).toBe('INVITATION_NOT_FOUND');
    expect((await ask('vera', REVOKE, { id: 'none' })).code).toBe('INVITATION_NOT_FOUND');
    expect((await ask('vera', REVOKE, made.invitation)).data.revokePeerInvitation.invitation.state).toBe(
      'REVOKED',
    );
    await until(() =>
      invitations.some(({ invitation_id, revoked }) => invitation_id === made.invitation.id && revoked),
    ).toBe(true);
  });

  it('is one of so many of an account', async () => {
    for (let n = 0; n < MAX_OPEN_INVITATIONS; n += 1) expect((await create('viktor')).made).toBeDefined();
    expect((await create('viktor')).code).toBe('TOO_MANY_INVITATIONS');
  });

  it('makes a peer a member under its name', async () => {
    const { made } = await create('vera', { name: "Vera's loft" });
    await enrol('loft', made.invitation.id);
    await until(() => membershipOf('loft')).toEqual({
      peerId: 'loft',
      name: "Vera's loft",
      membership: 'PENDING',
    });
    expect((await decide('approvePeer', 'loft')).data.approvePeer.member.membership).toBe('APPROVED');
    await until(() => accesses.filter(({ peer_id }) => peer_id === 'loft')).toMatchObject([
      { membership: 'approved', version: 2 },
    ]);
  });

  it('that was revoked while it was used admits nobody', async () => {
    const { made } = await create('olga');
    await ask(
      'olga',
      'mutation ($id: ID!) { revokePeerInvitation(id: $id) { invitation { id } } }',
      made.invitation,
    );
    await enrol('late', made.invitation.id);
    await until(() => accesses.filter(({ peer_id }) => peer_id === 'late')).toMatchObject([
      { membership: 'revoked' },
    ]);
  });
});

describe('a peer', () => {
  it('that is revoked holds nothing from that moment', async () => {
    await running.edge.established('cellar');
    await running.edge.shares('cellar', [file(1)]);
    const count = async () =>
      (await running.client.request(`{ catalogAvailability(catalogIds: ["${file(1)}"]) { peerCount } }`)).data
        .catalogAvailability[0].peerCount;
    await until(count).toBe(1);
    const PEER = '{ peer(id: "cellar") { state name membership } }';
    expect((await ask('olga', PEER)).data.peer).toEqual({ state: 'CONNECTED', name: null, membership: null });
    await decide('revokePeer', 'cellar');
    expect(await count()).toBe(0);
    await until(() => accesses.filter(({ peer_id }) => peer_id === 'cellar')).toMatchObject([
      { membership: 'revoked', version: 1 },
    ]);
    const RENAME = `mutation { renamePeer(input: { peerId: "cellar", name: "the cellar" }) { ${MEMBER} } }`;
    await ask('olga', RENAME);
    expect((await ask('olga', PEER)).data.peer).toEqual({
      state: 'DISCONNECTED',
      name: 'the cellar',
      membership: 'REVOKED',
    });
  });

  it('that nobody knows is neither approved, revoked nor renamed', async () => {
    expect((await decide('approvePeer', 'nobody')).code).toBe('PEER_NOT_FOUND');
    expect((await decide('revokePeer', 'nobody')).code).toBe('PEER_NOT_FOUND');
    const RENAME = `mutation { renamePeer(input: { peerId: "nobody", name: "x" }) { ${MEMBER} } }`;
    expect((await ask('olga', RENAME)).code).toBe('PEER_NOT_FOUND');
  });

  it('is decided about by operators alone', async () => {
    for (const mutation of ['approvePeer', 'revokePeer'])
      expect((await ask('vera', `mutation { ${mutation}(peerId: "cellar") { ${MEMBER} } }`)).code).toBe(
        'FORBIDDEN',
      );
    expect(
      (await ask('vera', `mutation { renamePeer(input: { peerId: "cellar", name: "x" }) { ${MEMBER} } }`))
        .code,
    ).toBe('FORBIDDEN');
    expect((await ask('vera', '{ peerMembers { edges { cursor } } }')).code).toBe('FORBIDDEN');
  });
});

it('edges are sent everything again when the tracker starts', async () => {
  const { made } = await create('olga');
  accesses.length = 0;
  invitations.length = 0;
  const another = await start({
    ENROLMENT: 'invitation',
    STATE_PATH: join(running.directory, 'state.sqlite'),
    BUS_PATH: join(running.directory, 'bus.sqlite'),
  });
  await until(() =>
    accesses.some(({ peer_id, membership }) => peer_id === 'cellar' && membership === 'revoked'),
  ).toBe(true);
  await until(() => invitations.some(({ invitation_id }) => invitation_id === made.invitation.id)).toBe(true);
  await another.stop();
});

it('accounts invite nobody unless the operator wants that, and nobody does where peers need none', async () => {
  const strict = await start({ ENROLMENT: 'invitation' });
  const code = async (on: RunningTracker, who: keyof typeof tokens) =>
    (await on.client.request(CREATE, { input: { name: 'attic' } }, { token: tokens[who] })).errors?.[0]
      ?.extensions?.code;
  expect(await code(strict, 'vera')).toBe('FORBIDDEN');
  expect(await code(strict, 'olga')).toBeUndefined();
  await strict.stop();
  const open = await start({});
  expect(await code(open, 'olga')).toBe('INVITATIONS_DISABLED');
  await open.stop();
});
