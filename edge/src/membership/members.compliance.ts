import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Identity, Invitation, Members } from './members.ts';

const HOUR_MS = 3_600_000;

/** What every adapter of {@link Members} does. `open` gives two handles to one store. */
export function describeMembers(
  name: string,
  open: () => Promise<{ one: Members; other: Members; close(): Promise<void> }>,
): void {
  describe(`members ${name}`, () => {
    let store: Awaited<ReturnType<typeof open>>;
    let peerId: string;
    let peer: Identity;
    const now = Date.now();
    beforeEach(async () => {
      store = await open();
      peer = newPeer(`Peer-${randomUUID()}`);
      peerId = peer.peerId;
    });
    afterEach(() => store.close());

    const newPeer = (id: string): Identity => ({ peerId: id, derivedId: `gf1${randomUUID()}` });
    const redeem = (at: Members, identity: Identity, { codeHash }: { codeHash: string }) =>
      at.redeem({ ...identity, codeHash, now });
    const decide = (identity: Identity, membership: 'approved' | 'revoked', version: number) =>
      store.one.decide({ ...identity, membership, version });

    const invite = async (changes: Partial<Invitation> = {}): Promise<Invitation> => {
      const invitation = {
        invitationId: randomUUID(),
        codeHash: randomBytes(32).toString('hex'),
        requiresApproval: false,
        expiresAt: now + HOUR_MS,
        revoked: false,
        ...changes,
      };
      await store.one.invite(invitation);
      return invitation;
    };

    it('know nobody who was not invited', async () => {
      expect(await store.one.find(peer)).toBeNull();
      expect(await store.one.redeem({ ...peer, codeHash: randomBytes(32).toString('hex'), now })).toBeNull();
      expect(await store.one.find(peer)).toBeNull();
    });

    it.each([
      [false, 'approved'],
      [true, 'pending'],
    ])(
      'make a peer a member by an invitation (approval required: %s)',
      async (requiresApproval, membership) => {
        const { codeHash, invitationId } = await invite({ requiresApproval });
        const member = { membership, invitationId, reported: false };
        expect(await store.other.redeem({ ...peer, codeHash, now })).toEqual(member);
        expect(await store.one.find(peer)).toEqual(member);
      },
    );

    it('let one of twenty peers use an invitation', async () => {
      const { codeHash } = await invite();
      const redeemed = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          (n % 2 ? store.one : store.other).redeem({ ...newPeer(`${peerId}-${n}`), codeHash, now }),
        ),
      );
      expect(redeemed.filter((member) => member !== null)).toHaveLength(1);
    });

    it('give a peer that asks again the same answer, and keep its other invitation unused', async () => {
      const first = await invite();
      const second = await invite();
      const member = await store.one.redeem({ ...peer, codeHash: first.codeHash, now });
      expect(await store.other.redeem({ ...peer, codeHash: first.codeHash, now })).toEqual(member);
      expect(await store.other.redeem({ ...peer, codeHash: second.codeHash, now })).toEqual(member);
      expect(
        await store.one.redeem({ ...newPeer(`${peerId}-2`), codeHash: second.codeHash, now }),
      ).not.toBeNull();
    });

    it('take an invitation until the millisecond it expires', async () => {
      const { codeHash, expiresAt } = await invite();
      expect(await store.one.redeem({ ...peer, codeHash, now: expiresAt })).toBeNull();
      expect(await store.one.redeem({ ...peer, codeHash, now: expiresAt - 1 })).not.toBeNull();
    });

    it('keep an invitation revoked, whatever is repeated', async () => {
      const invitation = await invite();
      await store.one.invite({ ...invitation, revoked: true });
      await store.other.invite(invitation);
      expect(await store.one.redeem({ ...peer, codeHash: invitation.codeHash, now })).toBeNull();
    });

    it('keep an invitation used, whatever is repeated', async () => {
      const invitation = await invite();
      await store.one.redeem({ ...peer, codeHash: invitation.codeHash, now });
      await store.one.invite(invitation);
      expect(
        await store.one.redeem({ ...newPeer(`${peerId}-2`), codeHash: invitation.codeHash, now }),
      ).toBeNull();
    });

    it('refuse a revocation that came before its invitation', async () => {
      const invitation = await invite({ revoked: true });
      await store.one.invite({ ...invitation, revoked: false });
      expect(await store.one.redeem({ ...peer, codeHash: invitation.codeHash, now })).toBeNull();
    });

    it('apply the latest decision in any order', async () => {
      expect(await decide(peer, 'revoked', 2)).toBe('revoked');
      expect(await decide(peer, 'approved', 1)).toBe('revoked');
      expect(await decide(peer, 'approved', 2)).toBe('revoked');
      expect(await store.other.find(peer)).toMatchObject({ membership: 'revoked', reported: true });
      expect(await decide(peer, 'approved', 3)).toBe('approved');
    });

    it('let no invitation undo a decision', async () => {
      const { codeHash } = await invite();
      await decide(peer, 'revoked', 1);
      expect(await store.one.redeem({ ...peer, codeHash, now })).toMatchObject({ membership: 'revoked' });
      expect(await store.one.redeem({ ...newPeer(`${peerId}-2`), codeHash, now })).not.toBeNull();
    });

    it('bar the key and the id of a revoked peer, in any case of its letters, until that peer is approved', async () => {
      const invitation = await invite();
      const { derivedId } = peer;
      const others = [
        newPeer(peerId.toUpperCase()),
        newPeer(peerId.toLowerCase()),
        { peerId: derivedId, derivedId },
        { peerId: `other-${randomUUID()}`, derivedId },
      ];
      await decide(peer, 'revoked', 1);
      const revoked = { membership: 'revoked', invitationId: null, reported: true };
      for (const other of [peer, ...others]) {
        expect(await store.other.find(other)).toEqual(revoked);
        expect(await redeem(store.other, other, invitation)).toEqual(revoked);
      }
      expect(await store.one.find(newPeer(`${peerId}-2`))).toBeNull();
      await decide({ ...peer, peerId: `another-${randomUUID()}` }, 'approved', 9);
      expect(await store.one.find(others[3]!)).toEqual(revoked);
      await decide(peer, 'approved', 2);
      for (const other of others) expect(await store.other.find(other)).toBeNull();
      expect(await redeem(store.one, others[3]!, invitation)).toMatchObject({ membership: 'approved' });
    });

    it('bar the key of a member by its derived id, and one of a member that had joined', async () => {
      const { derivedId } = peer;
      await redeem(store.one, peer, await invite());
      await decide({ peerId: derivedId, derivedId }, 'revoked', 1);
      expect(await store.other.find(peer)).toMatchObject({ membership: 'revoked', reported: false });
      await decide({ peerId: derivedId, derivedId }, 'approved', 2);
      expect(await store.other.find(peer)).toMatchObject({ membership: 'approved' });
    });

    it('keep a key barred while one of its peers is revoked', async () => {
      const { derivedId } = peer;
      const second = { peerId: `second-${randomUUID()}`, derivedId };
      await decide(peer, 'revoked', 1);
      await decide(second, 'revoked', 1);
      await decide(peer, 'approved', 2);
      expect(await store.one.find(peer)).toMatchObject({ membership: 'revoked' });
      await decide(second, 'approved', 2);
      expect(await store.one.find(peer)).toMatchObject({ membership: 'approved' });
    });

    it('bar a key that a repeated revocation is the first to know', async () => {
      const { derivedId } = peer;
      await store.one.decide({ peerId, derivedId: null, membership: 'revoked', version: 2 });
      expect(await store.one.find({ peerId: derivedId, derivedId })).toBeNull();
      await decide(peer, 'revoked', 2);
      expect(await store.one.find({ peerId: derivedId, derivedId })).toMatchObject({ membership: 'revoked' });
    });

    it('keep the invitation of a member that is decided about', async () => {
      const { codeHash, invitationId } = await invite({ requiresApproval: true });
      await store.one.redeem({ ...peer, codeHash, now });
      await decide(peer, 'approved', 1);
      expect(await store.one.find(peer)).toEqual({ membership: 'approved', invitationId, reported: true });
    });

    it('note whom the bus knows of', async () => {
      const { codeHash } = await invite();
      await store.one.redeem({ ...peer, codeHash, now });
      await store.one.reported(peerId);
      expect(await store.other.find(peer)).toMatchObject({ reported: true });
    });
  });
}
