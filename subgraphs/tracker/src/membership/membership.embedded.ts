import type { Membership } from '@giggityflix/bus';
import type { SqliteDatabase } from '@giggityflix/state';
import {
  type Enrolled,
  type Invitation,
  LISTED_AFTER_EXPIRY_MS,
  MAX_OPEN_INVITATIONS,
  type Member,
  type MembershipStore,
  TooManyInvitations,
} from './membership.ts';

interface InvitationRow {
  id: string;
  name: string;
  code_hash: string;
  created_by: string;
  created_at: number;
  expires_at: number;
  requires_approval: number;
  revoked: number;
  used_by: string | null;
}

interface MemberRow {
  peer_id: string;
  name: string | null;
  membership: Membership;
  version: number;
  invitation_id: string | null;
  since: number;
}

/** Sorts after every id. */
const LAST = '~';

/** {@link MembershipStore} in the tracker's SQLite file. */
export function createEmbeddedMembership(options: {
  database: SqliteDatabase;
  now: () => number;
}): MembershipStore {
  const { database, now } = options;
  const sweep = database.prepare<[number]>('DELETE FROM peer_invitations WHERE expires_at <= ?');
  const countOpen = database
    .prepare<[string, number], number>(
      `SELECT count(*) FROM peer_invitations
       WHERE created_by = ? AND expires_at > ? AND revoked = 0 AND used_by IS NULL`,
    )
    .pluck();
  const insertInvitation = database.prepare(
    'INSERT INTO peer_invitations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const selectInvitation = database.prepare<[string], InvitationRow>(
    'SELECT * FROM peer_invitations WHERE id = ?',
  );
  const revokeInvitation = database.prepare<[string], InvitationRow>(
    'UPDATE peer_invitations SET revoked = 1 WHERE id = ? RETURNING *',
  );
  const useInvitation = database.prepare<[string, string]>(
    'UPDATE peer_invitations SET used_by = ? WHERE id = ?',
  );
  const pageOfAll = database.prepare<[string, number], InvitationRow>(
    'SELECT * FROM peer_invitations WHERE id < ? ORDER BY id DESC LIMIT ?',
  );
  const pageOfAccount = database.prepare<[string, string, number], InvitationRow>(
    'SELECT * FROM peer_invitations WHERE created_by = ? AND id < ? ORDER BY id DESC LIMIT ?',
  );
  const selectMember = database.prepare<[string], MemberRow>('SELECT * FROM members WHERE peer_id = ?');
  const putMember = database.prepare('INSERT OR REPLACE INTO members VALUES (?, ?, ?, ?, ?, ?)');
  const renameMember = database.prepare<[string, string], MemberRow>(
    'UPDATE members SET name = ? WHERE peer_id = ? RETURNING *',
  );
  const pageOfMembers = database.prepare<[string, number], MemberRow>(
    'SELECT * FROM members WHERE peer_id > ? ORDER BY peer_id LIMIT ?',
  );

  const find = (peerId: string): Member | null => {
    const row = selectMember.get(peerId);
    return row ? toMember(row) : null;
  };
  const put = (member: Member): Member => {
    const { peerId, name, membership, version, invitationId, since } = member;
    putMember.run(peerId, name, membership, version, invitationId, since);
    return member;
  };

  const invite = database.transaction((given: Invitation) => {
    sweep.run(now() - LISTED_AFTER_EXPIRY_MS);
    if ((countOpen.get(given.createdBy, now()) ?? 0) >= MAX_OPEN_INVITATIONS) throw new TooManyInvitations();
    const { id, name, codeHash, createdBy, createdAt, expiresAt } = given;
    const flags = [Number(given.requiresApproval), Number(given.revoked), given.usedBy];
    insertInvitation.run(id, name, codeHash, createdBy, createdAt, expiresAt, ...flags);
  });

  const enrolled = database.transaction((peerId: string, invitationId: string, at: number): Enrolled => {
    const known = find(peerId);
    if (known?.invitationId === invitationId) return { member: known, decided: false };
    const row = selectInvitation.get(invitationId);
    const holds = row && row.revoked === 0 && (row.used_by === null || row.used_by === peerId);
    if (holds) useInvitation.run(peerId, invitationId);
    if (known) return { member: known, decided: true };
    const allowed = row?.requires_approval === 1 ? 'pending' : 'approved';
    const membership = holds ? allowed : 'revoked';
    const member = {
      peerId,
      name: row?.name ?? null,
      membership,
      version: 1,
      invitationId,
      since: at,
    } as const;
    return { member: put(member), decided: !holds };
  });

  const decide = database.transaction((...[decision]: Parameters<MembershipStore['decide']>) => {
    const { peerId, membership, at, create } = decision;
    const known = find(peerId);
    if (known) return put({ ...known, membership, version: known.version + 1 });
    return create ? put({ peerId, name: null, membership, version: 1, invitationId: null, since: at }) : null;
  });

  return {
    async invite(invitation) {
      invite.immediate(invitation);
    },
    async invitation(id) {
      const row = selectInvitation.get(id);
      return row ? toInvitation(row) : null;
    },
    async revokeInvitation(id) {
      const row = revokeInvitation.get(id);
      return row ? toInvitation(row) : null;
    },
    async invitations({ first, after = LAST, createdBy }) {
      const rows =
        createdBy === undefined ? pageOfAll.all(after, first) : pageOfAccount.all(createdBy, after, first);
      return rows.map(toInvitation);
    },
    enrolled: async ({ peerId, invitationId, at }) => enrolled.immediate(peerId, invitationId, at),
    decide: async (decision) => decide.immediate(decision),
    async rename(peerId, name) {
      const row = renameMember.get(name, peerId);
      return row ? toMember(row) : null;
    },
    member: async (peerId) => find(peerId),
    members: async ({ first, after = '' }) => pageOfMembers.all(after, first).map(toMember),
  };
}

function toInvitation(row: InvitationRow): Invitation {
  return {
    id: row.id,
    name: row.name,
    codeHash: row.code_hash,
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    requiresApproval: row.requires_approval === 1,
    revoked: row.revoked === 1,
    usedBy: row.used_by,
  };
}

function toMember(row: MemberRow): Member {
  return {
    peerId: row.peer_id,
    name: row.name,
    membership: row.membership,
    version: row.version,
    invitationId: row.invitation_id,
    since: row.since,
  };
}
