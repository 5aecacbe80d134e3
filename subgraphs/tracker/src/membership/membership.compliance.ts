import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StateUnderTest } from '../../testing/fixtures.ts';
import {
  type Invitation,
  LISTED_AFTER_EXPIRY_MS,
  MAX_OPEN_INVITATIONS,
  type MembershipStore,
  TooManyInvitations,
} from './membership.ts';

const HOUR_MS = 3_600_000;
const PEER = 'peer-1';

/** What every adapter of the membership store keeps to. */
export function membershipCompliance(
  name: string,
  create: () => Promise<StateUnderTest>,
  skip: boolean,
): void {
  describe.skipIf(skip)(`memberships on ${name}`, () => {
    let under: StateUnderTest;
    let store: MembershipStore;
    let time: number;

    beforeEach(async () => {
      time = Date.now();
      under = await create();
      store = (await under.open({ now: () => time })).membership;
    });
    afterEach(() => under.close());

    const newInvitation = (changes: Partial<Invitation> = {}): Invitation => ({
      id: uuidv7(),
      name: "Ada's attic",
      codeHash: randomBytes(32).toString('hex'),
      createdBy: 'ada',
      createdAt: time,
      expiresAt: time + HOUR_MS,
      requiresApproval: false,
      revoked: false,
      usedBy: null,
      ...changes,
    });
    const invite = async (changes: Partial<Invitation> = {}): Promise<Invitation> => {
      const invitation = newInvitation(changes);
      await store.invite(invitation);
      return invitation;
    };
    const enrol = (invitationId: string, peerId = PEER) => store.enrolled({ peerId, invitationId, at: time });
    const decide = (membership: 'approved' | 'revoked', create = false, peerId = PEER) =>
      store.decide({ peerId, membership, at: time, create });

    it('keep invitations, the newest first, of all or of one account', async () => {
      const made = [await invite(), await invite({ createdBy: 'bob' }), await invite()];
      const [first, second, third] = made.map(({ id }) => id);
      expect(await store.invitation(first as string)).toEqual(made[0]);
      const ids = async (page: Parameters<MembershipStore['invitations']>[0]) =>
        (await store.invitations(page)).map(({ id }) => id);
      expect(await ids({ first: 2 })).toEqual([third, second]);
      expect(await ids({ first: 2, after: second })).toEqual([first]);
      expect(await ids({ first: 5, createdBy: 'ada' })).toEqual([third, first]);
      expect(await ids({ first: 5, createdBy: 'ada', after: third })).toEqual([first]);
    });

    it.each([
      [false, 'approved'],
      [true, 'pending'],
    ])('make a peer a member (approval required: %s)', async (requiresApproval, membership) => {
      const { id, name: called } = await invite({ requiresApproval });
      const member = { peerId: PEER, name: called, membership, version: 1, invitationId: id, since: time };
      expect(await enrol(id)).toEqual({ member, decided: false });
      expect(await enrol(id)).toEqual({ member, decided: false });
      expect(await store.member(PEER)).toEqual(member);
      expect(await store.invitation(id)).toMatchObject({ usedBy: PEER });
    });

    it('revoke a peer that used an invitation which was revoked', async () => {
      const { id } = await invite();
      expect(await store.revokeInvitation(id)).toMatchObject({ id, revoked: true });
      expect(await enrol(id)).toMatchObject({ member: { membership: 'revoked' }, decided: true });
    });

    it('revoke the second peer that used an invitation, and one whose invitation nobody knows', async () => {
      const { id } = await invite();
      await enrol(id);
      expect(await enrol(id, 'peer-2')).toMatchObject({ member: { membership: 'revoked' }, decided: true });
      expect(await enrol(uuidv7(), 'peer-3')).toMatchObject({
        member: { membership: 'revoked', name: null },
        decided: true,
      });
      expect(await store.member(PEER)).toMatchObject({ membership: 'approved' });
    });

    it('keep a decision that came before the enrolment', async () => {
      const { id } = await invite();
      await decide('revoked', true);
      expect(await enrol(id)).toMatchObject({ member: { membership: 'revoked', version: 1 }, decided: true });
    });

    it('count decisions, and make members only where that is asked for', async () => {
      expect(await decide('approved')).toBeNull();
      expect(await store.member(PEER)).toBeNull();
      expect(await decide('approved', true)).toMatchObject({ membership: 'approved', version: 1 });
      expect(await decide('revoked')).toMatchObject({ membership: 'revoked', version: 2 });
      expect(await decide('revoked')).toMatchObject({ membership: 'revoked', version: 3 });
    });

    it('rename members alone', async () => {
      expect(await store.rename(PEER, 'attic')).toBeNull();
      expect(await store.member(PEER)).toBeNull();
      await decide('approved', true);
      expect(await store.rename(PEER, 'attic')).toMatchObject({ name: 'attic', version: 1 });
    });

    it('list members by id', async () => {
      for (const peerId of ['c', 'a', 'b']) await decide('approved', true, peerId);
      const ids = async (page: Parameters<MembershipStore['members']>[0]) =>
        (await store.members(page)).map(({ peerId }) => peerId);
      expect(await ids({ first: 2 })).toEqual(['a', 'b']);
      expect(await ids({ first: 2, after: 'b' })).toEqual(['c']);
    });

    it('bound the open invitations of an account', async () => {
      const made = await Promise.all(Array.from({ length: MAX_OPEN_INVITATIONS }, () => invite()));
      await expect(invite()).rejects.toThrow(TooManyInvitations);
      await invite({ createdBy: 'bob' });
      await enrol(made[0]?.id as string);
      await invite();
      await store.revokeInvitation(made[1]?.id as string);
      await invite();
      await expect(invite()).rejects.toThrow(TooManyInvitations);
      time += HOUR_MS;
      await invite();
    });

    it('list invitations for a while after they expired', async () => {
      // Redis removes them by its own clock.
      const old = await invite({ createdAt: 0, expiresAt: time - LISTED_AFTER_EXPIRY_MS - 1 });
      const expired = await invite({ createdAt: 0, expiresAt: time - LISTED_AFTER_EXPIRY_MS + HOUR_MS });
      await invite();
      const ids = (await store.invitations({ first: 5 })).map(({ id }) => id);
      expect(ids).toContain(expired.id);
      expect(ids).not.toContain(old.id);
    });

    it('know no invitation that was never made', async () => {
      expect(await store.invitation(uuidv7())).toBeNull();
      expect(await store.revokeInvitation(uuidv7())).toBeNull();
    });

    it('are seen by other processes, and after a restart', async () => {
      const { id } = await invite();
      await enrol(id);
      const other = (await under.open({ now: () => time })).membership;
      expect(await other.member(PEER)).toEqual(await store.member(PEER));
    });
  });
}
