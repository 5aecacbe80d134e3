import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { derivePeerId, rawPublicKey } from '@giggityflix/proto';
import { invitationHash, invitationLink, newInvitationCode } from '@giggityflix/proto/invitation';
import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { type RunningEdge, startEdge } from '../../testing/edge.ts';
import { createTestPeer } from '../../testing/peer.ts';
import { JOIN_ATTEMPTS } from './enrolment.ts';

/** A revoked peer's stream ends within this time. */
const ENDS_WITHIN = { timeout: 2_000, interval: 5 };
const HOUR_MS = 3_600_000;

/** Delivers what the tracker publishes for an invitation; returns its code. */
async function invite(
  edge: RunningEdge,
  changes: { requiresApproval?: boolean; expiresAt?: number; revoked?: boolean } = {},
): Promise<{ code: string; invitationId: string }> {
  const code = newInvitationCode();
  const invitationId = randomUUID();
  await edge.bus.deliver('peer.invitation.changed', invitationId, {
    invitation_id: invitationId,
    code_hash: invitationHash(code),
    requires_approval: changes.requiresApproval ?? false,
    expires_at: new Date(changes.expiresAt ?? Date.now() + HOUR_MS).toISOString(),
    revoked: changes.revoked ?? false,
    timestamp: new Date().toISOString(),
  });
  return { code, invitationId };
}

const access = (peerId: string, membership: 'approved' | 'revoked', version = 1) => ({
  peer_id: peerId,
  membership,
  version,
  timestamp: new Date().toISOString(),
});
const decide = (edge: RunningEdge, ...of: Parameters<typeof access>) =>
  edge.bus.deliver('peer.access.changed', of[0], access(...of));

const reasonOf = ({ metadata }: { metadata: { get(name: string): unknown[] } }) =>
  metadata.get('refusal-reason')[0];

describe('a network that admits invited peers', () => {
  it('admits a peer with an invitation, reports it, and knows it from then on', async () => {
    await using edge = await startEdge({ enrolment: 'invitation' });
    const { code, invitationId } = await invite(edge);
    const peer = createTestPeer(edge);
    await peer.register({ enrolmentToken: invitationLink(code).toLowerCase() });
    expect(edge.bus.values('peer.enrolled')).toEqual([
      {
        peer_id: peer.peerId,
        invitation_id: invitationId,
        edge_id: 'edge-1',
        timestamp: expect.any(String),
      },
    ]);
    await peer.leave();
    const again = createTestPeer({ ...edge, privateKey: peer.privateKey });
    await again.register();
    await again.leave();
    expect(edge.bus.values('peer.enrolled')).toHaveLength(1);
  });

  it('refuses unknown, used, revoked and expired invitations alike, and a peer without one', async () => {
    await using edge = await startEdge({ enrolment: 'invitation' });
    const used = await invite(edge);
    const first = createTestPeer(edge);
    await first.register({ enrolmentToken: used.code });
    const codes = [
      newInvitationCode(),
      'no code at all',
      used.code,
      (await invite(edge, { revoked: true })).code,
      (await invite(edge, { expiresAt: Date.now() - 1 })).code,
    ];
    const refusals = [];
    for (const enrolmentToken of codes) {
      const refused = createTestPeer(edge);
      await refused.register({ enrolmentToken }).catch(() => {});
      const { code, details, metadata } = await refused.ended;
      refusals.push({ code, details, reason: metadata.get('refusal-reason') });
    }
    expect(refusals[0]).toMatchObject({ code: status.UNAUTHENTICATED, reason: ['INVITATION_REFUSED'] });
    for (const refusal of refusals) expect(refusal).toEqual(refusals[0]);
    const uninvited = createTestPeer(edge);
    await uninvited.register().catch(() => {});
    expect(reasonOf(await uninvited.ended)).toBe('INVITATION_REQUIRED');
    expect(edge.bus.values('peer.connection.established')).toHaveLength(1);
    await first.leave();
  });

  it('lets one of twenty peers in with one invitation', async () => {
    await using edge = await startEdge({ enrolment: 'invitation' });
    const { code } = await invite(edge);
    const peers = Array.from({ length: 20 }, () => createTestPeer(edge));
    const outcomes = await Promise.allSettled(peers.map((peer) => peer.register({ enrolmentToken: code })));
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    await Promise.all(peers.map((peer) => peer.leave()));
  });

  it('has a peer wait for approval, and admits it then', async () => {
    await using edge = await startEdge({ enrolment: 'invitation' });
    const { code, invitationId } = await invite(edge, { requiresApproval: true });
    const peer = createTestPeer(edge);
    await peer.register({ enrolmentToken: code }).catch(() => {});
    const ended = await peer.ended;
    expect(ended.code).toBe(status.PERMISSION_DENIED);
    expect(reasonOf(ended)).toBe('PENDING_APPROVAL');
    expect(Number(ended.metadata.get('retry-after')[0])).toBeGreaterThan(0);
    expect(edge.bus.values('peer.enrolled')).toMatchObject([{ invitation_id: invitationId }]);
    await decide(edge, peer.peerId, 'approved');
    const again = createTestPeer({ ...edge, privateKey: peer.privateKey });
    await again.register({ enrolmentToken: code });
    await again.leave();
  });

  it('ends the stream of a revoked peer at once, and takes it back after an approval alone', async () => {
    await using edge = await startEdge({ enrolment: 'invitation' });
    const peer = createTestPeer(edge);
    await peer.register({ enrolmentToken: (await invite(edge)).code });
    let ended = false;
    void peer.ended.then(() => {
      ended = true;
    });
    await decide(edge, peer.peerId, 'revoked');
    await expect.poll(() => ended, ENDS_WITHIN).toBe(true);
    expect(await peer.ended).toMatchObject({ code: status.PERMISSION_DENIED });
    expect(edge.bus.values('peer.connection.closed')).toMatchObject([{ reason: 'revoked' }]);

    const another = await invite(edge);
    const again = createTestPeer({ ...edge, privateKey: peer.privateKey });
    await again.register({ enrolmentToken: another.code }).catch(() => {});
    expect(reasonOf(await again.ended)).toBe('REVOKED');
    await decide(edge, peer.peerId, 'approved', 2);
    const back = createTestPeer({ ...edge, privateKey: peer.privateKey });
    await back.register();
    await back.leave();
  });

  it('refuses a peer that is revoked while it registers', async () => {
    await using edge = await startEdge({ enrolment: 'invitation' });
    const peer = createTestPeer(edge);
    const { members } = edge.state;
    const { find } = members;
    let lookups = 0;
    members.find = async (identity) => {
      const found = await find(identity);
      // Right after the check that lets it in, and before this edge has a connection that could be ended.
      if (++lookups === 2) await members.decide({ ...identity, membership: 'revoked', version: 1 });
      return lookups === 2 ? find(identity) : found;
    };
    await peer.register({ enrolmentToken: (await invite(edge)).code }).catch(() => {});
    expect(reasonOf(await peer.ended)).toBe('REVOKED');
    expect(edge.bus.values('peer.connection.closed')).toMatchObject([{ reason: 'revoked' }]);
  });

  it('uses no invitation for a custom id of another key, in any case of its letters', async () => {
    await using edge = await startEdge({ enrolment: 'invitation' });
    const owner = createTestPeer({ ...edge, peerId: 'living-room' });
    await owner.register({ enrolmentToken: (await invite(edge)).code });
    await edge.state.peerKeys.bind('attic', rawPublicKey(owner.privateKey));
    const { code } = await invite(edge);
    for (const peerId of ['attic', 'ATTIC']) {
      const thief = createTestPeer({ ...edge, peerId });
      await expect(thief.register({ enrolmentToken: code })).rejects.toMatchObject({
        details: 'this peer id is bound to another key',
      });
    }
    const friend = createTestPeer(edge);
    await friend.register({ enrolmentToken: code });
    await Promise.all([owner.leave(), friend.leave()]);
  });

  it.each(['after it joined', 'while it waits for approval'])(
    'refuses the key of a revoked peer under every id, with new codes, and takes it back approved: revoked %s',
    async (when) => {
      const requiresApproval = when === 'while it waits for approval';
      await using edge = await startEdge({ enrolment: 'invitation' });
      const peer = createTestPeer({ ...edge, peerId: 'Garden' });
      await peer
        .register({ enrolmentToken: (await invite(edge, { requiresApproval })).code })
        .catch(() => {});
      await decide(edge, peer.peerId, 'revoked');
      await peer.ended;
      const { code } = await invite(edge);
      for (const peerId of ['garden', 'GARDEN', 'my-peer', undefined, 'Other']) {
        const again = createTestPeer({ ...edge, peerId, privateKey: peer.privateKey });
        await again.register({ enrolmentToken: code }).catch(() => {});
        expect(reasonOf(await again.ended)).toBe('REVOKED');
      }
      const otherKey = createTestPeer({ ...edge, peerId: 'GARDEN' });
      await otherKey.register({ enrolmentToken: code }).catch(() => {});
      expect(reasonOf(await otherKey.ended)).toBe('REVOKED');
      await decide(edge, peer.peerId, 'approved', 2);
      const back = createTestPeer({ ...edge, peerId: 'Garden', privateKey: peer.privateKey });
      await back.register();
      // None of the refusals used it.
      const friend = createTestPeer(edge);
      await friend.register({ enrolmentToken: code });
      await Promise.all([back.leave(), friend.leave()]);
    },
  );

  it('keeps a custom id for the key that joined with it, while it waits for approval', async () => {
    await using edge = await startEdge({ enrolment: 'invitation' });
    const peer = createTestPeer({ ...edge, peerId: 'den' });
    const { code } = await invite(edge, { requiresApproval: true });
    await peer.register({ enrolmentToken: code }).catch(() => {});
    await decide(edge, 'den', 'approved');
    await expect(createTestPeer({ ...edge, peerId: 'den' }).register()).rejects.toMatchObject({
      details: 'this peer id is bound to another key',
    });
    const again = createTestPeer({ ...edge, peerId: 'den', privateKey: peer.privateKey });
    await again.register();
    await again.leave();
  });

  it('binds no custom id of a peer that was not invited', async () => {
    await using edge = await startEdge({ enrolment: 'invitation' });
    const stranger = createTestPeer({ ...edge, peerId: 'cellar' });
    await stranger.register({ enrolmentToken: newInvitationCode() }).catch(() => {});
    expect(await edge.state.peerKeys.find('cellar')).toBeNull();
  });

  it('limits the attempts of one address', async () => {
    await using edge = await startEdge({ enrolment: 'invitation' });
    const attempt = async () => {
      const peer = createTestPeer(edge);
      await peer.register({ enrolmentToken: newInvitationCode() }).catch(() => {});
      return reasonOf(await peer.ended);
    };
    for (let n = 0; n < JOIN_ATTEMPTS.burst; n++) expect(await attempt()).toBe('INVITATION_REFUSED');
    expect(await attempt()).toBe('TOO_MANY_ATTEMPTS');
  });

  it('admits nobody it cannot check', async () => {
    await using edge = await startEdge({ enrolment: 'invitation' });
    const peer = createTestPeer(edge);
    await peer.register({ enrolmentToken: (await invite(edge)).code });
    await peer.leave();
    edge.state.members.find = async () => Promise.reject(new Error('no store'));
    const again = createTestPeer({ ...edge, privateKey: peer.privateKey });
    await expect(again.register()).rejects.toMatchObject({ code: status.UNAVAILABLE });
  });

  it('reports a member that an edge which stopped in between did not', async () => {
    await using edge = await startEdge({ enrolment: 'invitation' });
    const { code, invitationId } = await invite(edge);
    const { privateKey } = generateKeyPairSync('ed25519');
    const peerId = derivePeerId(rawPublicKey(privateKey));
    await edge.state.members.redeem({
      peerId,
      derivedId: peerId,
      codeHash: invitationHash(code),
      now: Date.now(),
    });
    const peer = createTestPeer({ ...edge, privateKey });
    await peer.register();
    expect(edge.bus.values('peer.enrolled')).toMatchObject([
      { peer_id: peerId, invitation_id: invitationId },
    ]);
    await peer.leave();
  });

  it('needs no invitation of a peer with a token of the operator', async () => {
    await using edge = await startEdge({ enrolment: 'invitation', enrolmentTokens: ['of-the-house'] });
    const peer = createTestPeer(edge);
    await peer.register({ enrolmentToken: 'of-the-house' });
    await decide(edge, peer.peerId, 'revoked');
    expect(reasonOf(await peer.ended)).toBe('REVOKED');
    const again = createTestPeer({ ...edge, privateKey: peer.privateKey });
    await again.register({ enrolmentToken: 'of-the-house' }).catch(() => {});
    expect(reasonOf(await again.ended)).toBe('REVOKED');
  });
});

describe('two edges', () => {
  it('end a stream on either of them, and share who is revoked', async () => {
    await using one = await startEdge({ enrolment: 'invitation' });
    await using two = await startEdge({ enrolment: 'invitation', edgeId: 'edge-2' }, { state: one.state });
    const peer = createTestPeer(two);
    await peer.register({ enrolmentToken: (await invite(one)).code });
    await decide(one, peer.peerId, 'revoked');
    await decide(two, peer.peerId, 'revoked');
    expect(reasonOf(await peer.ended)).toBe('REVOKED');
    await using fresh = await startEdge({ enrolment: 'invitation', edgeId: 'edge-3' }, { state: one.state });
    const again = createTestPeer({ ...fresh, privateKey: peer.privateKey });
    await again.register().catch(() => {});
    expect(reasonOf(await again.ended)).toBe('REVOKED');
  });
});

it('an open network refuses who was revoked, and admits peers while memberships cannot be read', async () => {
  await using edge = await startEdge();
  const peer = createTestPeer(edge);
  await peer.register();
  await decide(edge, peer.peerId, 'revoked');
  expect(reasonOf(await peer.ended)).toBe('REVOKED');
  edge.state.members.find = async () => Promise.reject(new Error('no store'));
  const other = createTestPeer(edge);
  await other.register();
  await other.leave();
});

it.each([
  ['open', ''],
  ['token', 'of-the-house'],
] as const)(
  'a network with enrolment %s refuses the key of a revoked peer under every id, and takes a new one',
  async (enrolment, enrolmentToken) => {
    const config = { enrolment, enrolmentTokens: enrolmentToken ? [enrolmentToken] : [] };
    await using edge = await startEdge(config);
    const peer = createTestPeer({ ...edge, peerId: 'Garden' });
    await peer.register({ enrolmentToken });
    const alias = createTestPeer({ ...edge, peerId: 'alias', privateKey: peer.privateKey });
    await alias.register({ enrolmentToken });
    const neighbour = createTestPeer(edge);
    await neighbour.register({ enrolmentToken });
    await decide(edge, 'Garden', 'revoked');
    for (const { ended } of [peer, alias]) expect(reasonOf(await ended)).toBe('REVOKED');
    expect(edge.bus.values('peer.connection.closed')).toHaveLength(2);

    await using fresh = await startEdge({ ...config, edgeId: 'edge-2' }, { state: edge.state });
    for (const { port } of [edge, fresh])
      for (const peerId of ['Garden', 'garden', 'alias', undefined, 'Other']) {
        const again = createTestPeer({ port, peerId, privateKey: peer.privateKey });
        await again.register({ enrolmentToken }).catch(() => {});
        expect(reasonOf(await again.ended)).toBe('REVOKED');
      }
    const newKey = createTestPeer(fresh);
    await newKey.register({ enrolmentToken });
    await decide(edge, 'Garden', 'approved', 2);
    const back = createTestPeer({ ...fresh, peerId: 'garden', privateKey: peer.privateKey });
    await back.register({ enrolmentToken });
    await Promise.all([newKey.leave(), back.leave(), neighbour.leave()]);
  },
);

it('a peer with its derived id that is revoked comes back under no custom one', async () => {
  await using edge = await startEdge();
  const peer = createTestPeer(edge);
  await peer.register();
  await decide(edge, peer.peerId, 'revoked');
  expect(reasonOf(await peer.ended)).toBe('REVOKED');
  const again = createTestPeer({ ...edge, peerId: 'custom', privateKey: peer.privateKey });
  await again.register().catch(() => {});
  expect(reasonOf(await again.ended)).toBe('REVOKED');
  expect(await edge.state.peerKeys.find('custom')).toBeNull();
});

it('a peer that registers under another id while it is revoked is refused', async () => {
  await using edge = await startEdge();
  const peer = createTestPeer({ ...edge, peerId: 'Garden' });
  await peer.register();
  const { members } = edge.state;
  const { find } = members;
  let lookups = 0;
  members.find = async (identity) => {
    const found = await find(identity);
    // After the check that lets it in; the next one is made when its connection can be found.
    if (++lookups === 1) await decide(edge, 'Garden', 'revoked');
    return found;
  };
  const other = createTestPeer({ ...edge, privateKey: peer.privateKey });
  await other.register().catch(() => {});
  expect(lookups).toBe(2);
  for (const { ended } of [peer, other]) expect(reasonOf(await ended)).toBe('REVOKED');
});
