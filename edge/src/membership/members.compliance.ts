import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Invitation, Members } from './members.ts';

const HOUR_MS = 3_600_000;

/** What every adapter of {@link Members} does. `open` gives two handles to one store. */
export function describeMembers(
  name: string,
  open: () => Promise<{ one: Members; other: Members; close(): Promise<void> }>,
): void {
  describe(`members ${name}`, () => {
    let store: Awaited<ReturnType<typeof open>>;
    let peerId: string;
    const now = Date.now();
    beforeEach(async () => {
      store = await open();
      peerId = `peer-${randomUUID()}`;
    });
    afterEach(() => store.close());

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
      expect(await store.one.find(peerId)).toBeNull();
      expect(await store.one.redeem({ codeHash: randomBytes(32).toString('hex'), peerId, now })).toBeNull();
      expect(await store.one.find(peerId)).toBeNull();
    });

    it.each([
      [false, 'approved'],
      [true, 'pending'],
    ])(
      'make a peer a member by an invitation (approval required: %s)',
      async (requiresApproval, membership) => {
        const { codeHash, invitationId } = await invite({ requiresApproval });
        const member = { membership, invitationId, reported: false };
        expect(await store.other.redeem({ codeHash, peerId, now })).toEqual(member);
        expect(await store.one.find(peerId)).toEqual(member);
      },
    );

    it('let one of twenty peers use an invitation', async () => {
      const { codeHash } = await invite();
      const redeemed = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          (n % 2 ? store.one : store.other).redeem({ codeHash, peerId: `${peerId}-${n}`, now }),
        ),
      );
      expect(redeemed.filter((member) => member !== null)).toHaveLength(1);
    });

    it('give a peer that asks again the same answer, and keep its other invitation unused', async () => {
      const first = await invite();
      const second = await invite();
      const member = await store.one.redeem({ codeHash: first.codeHash, peerId, now });
      expect(await store.other.redeem({ codeHash: first.codeHash, peerId, now })).toEqual(member);
      expect(await store.other.redeem({ codeHash: second.codeHash, peerId, now })).toEqual(member);
      expect(
        await store.one.redeem({ codeHash: second.codeHash, peerId: `${peerId}-2`, now }),
      ).not.toBeNull();
    });

    it('take an invitation until the millisecond it expires', async () => {
      const { codeHash, expiresAt } = await invite();
      expect(await store.one.redeem({ codeHash, peerId, now: expiresAt })).toBeNull();
      expect(await store.one.redeem({ codeHash, peerId, now: expiresAt - 1 })).not.toBeNull();
    });

    it('keep an invitation revoked, whatever is repeated', async () => {
      const invitation = await invite();
      await store.one.invite({ ...invitation, revoked: true });
      await store.other.invite(invitation);
      expect(await store.one.redeem({ codeHash: invitation.codeHash, peerId, now })).toBeNull();
    });

    it('keep an invitation used, whatever is repeated', async () => {
      const invitation = await invite();
      await store.one.redeem({ codeHash: invitation.codeHash, peerId, now });
      await store.one.invite(invitation);
      expect(
        await store.one.redeem({ codeHash: invitation.codeHash, peerId: `${peerId}-2`, now }),
      ).toBeNull();
    });

    it('refuse a revocation that came before its invitation', async () => {
      const invitation = await invite({ revoked: true });
      await store.one.invite({ ...invitation, revoked: false });
      expect(await store.one.redeem({ codeHash: invitation.codeHash, peerId, now })).toBeNull();
    });

    it('apply the latest decision in any order', async () => {
      const decide = (membership: 'approved' | 'revoked', version: number) =>
        store.one.decide({ peerId, membership, version });
      expect(await decide('revoked', 2)).toBe('revoked');
      expect(await decide('approved', 1)).toBe('revoked');
      expect(await decide('approved', 2)).toBe('revoked');
      expect(await store.other.find(peerId)).toMatchObject({ membership: 'revoked', reported: true });
      expect(await decide('approved', 3)).toBe('approved');
    });

    it('let no invitation undo a decision', async () => {
      const { codeHash } = await invite();
      await store.one.decide({ peerId, membership: 'revoked', version: 1 });
      expect(await store.one.redeem({ codeHash, peerId, now })).toMatchObject({ membership: 'revoked' });
      expect(await store.one.redeem({ codeHash, peerId: `${peerId}-2`, now })).not.toBeNull();
    });

    it('keep the invitation of a member that is decided about', async () => {
      const { codeHash, invitationId } = await invite({ requiresApproval: true });
      await store.one.redeem({ codeHash, peerId, now });
      await store.one.decide({ peerId, membership: 'approved', version: 1 });
      expect(await store.one.find(peerId)).toEqual({ membership: 'approved', invitationId, reported: true });
    });

    it('note whom the bus knows of', async () => {
      const { codeHash } = await invite();
      await store.one.redeem({ codeHash, peerId, now });
      await store.one.reported(peerId);
      expect(await store.other.find(peerId)).toMatchObject({ reported: true });
    });
  });
}
