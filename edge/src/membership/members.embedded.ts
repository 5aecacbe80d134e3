import type { Membership } from '@giggityflix/bus';
import type { SqliteDatabase } from '@giggityflix/state';
import type { Invitation, Member, Members } from './members.ts';

export const MEMBERS_SCHEMA = `
  CREATE TABLE members (
    peer_id TEXT PRIMARY KEY,
    membership TEXT NOT NULL,
    version INTEGER NOT NULL,
    invitation_id TEXT,
    reported INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE invitations (
    code_hash TEXT PRIMARY KEY,
    invitation_id TEXT NOT NULL,
    requires_approval INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked INTEGER NOT NULL,
    used INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX invitations_expiry ON invitations (expires_at);`;

interface MemberRow {
  membership: Membership;
  version: number;
  invitation_id: string | null;
  reported: number;
}

/** {@link Members} in a database of `openEdgeState`. */
export function createEmbeddedMembers(database: SqliteDatabase): Members {
  const select = database.prepare<[string], MemberRow>('SELECT * FROM members WHERE peer_id = ?');
  const put = database.prepare<[string, string, number, string | null, number]>(
    'INSERT OR REPLACE INTO members VALUES (?, ?, ?, ?, ?)',
  );
  const markReported = database.prepare<[string]>('UPDATE members SET reported = 1 WHERE peer_id = ?');
  const sweep = database.prepare<[number]>('DELETE FROM invitations WHERE expires_at <= ?');
  const insert = database.prepare<[string, string, number, number, number]>(
    `INSERT INTO invitations (code_hash, invitation_id, requires_approval, expires_at, revoked)
     VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET revoked = max(revoked, excluded.revoked)`,
  );
  const use = database.prepare<[string, number], { invitation_id: string; requires_approval: number }>(
    `UPDATE invitations SET used = 1 WHERE code_hash = ? AND expires_at > ? AND revoked = 0 AND used = 0
     RETURNING invitation_id, requires_approval`,
  );

  const redeem = database.transaction((attempt: { codeHash: string; peerId: string; now: number }) => {
    const known = select.get(attempt.peerId);
    if (known) return toMember(known);
    const invitation = use.get(attempt.codeHash, attempt.now);
    if (!invitation) return null;
    const membership = invitation.requires_approval === 1 ? 'pending' : 'approved';
    put.run(attempt.peerId, membership, 0, invitation.invitation_id, 0);
    return { membership, invitationId: invitation.invitation_id, reported: false } satisfies Member;
  });
  const decide = database.transaction((peerId: string, membership: Membership, version: number) => {
    const known = select.get(peerId);
    if (known && known.version >= version) return known.membership;
    put.run(peerId, membership, version, known?.invitation_id ?? null, 1);
    return membership;
  });

  return {
    async find(peerId) {
      const row = select.get(peerId);
      return row ? toMember(row) : null;
    },
    async invite({ invitationId, codeHash, requiresApproval, expiresAt, revoked }: Invitation) {
      sweep.run(Date.now());
      insert.run(codeHash, invitationId, Number(requiresApproval), expiresAt, Number(revoked));
    },
    redeem: async (attempt) => redeem.immediate(attempt),
    async reported(peerId) {
      markReported.run(peerId);
    },
    decide: async ({ peerId, membership, version }) => decide.immediate(peerId, membership, version),
  };
}

function toMember(row: MemberRow): Member {
  return { membership: row.membership, invitationId: row.invitation_id, reported: row.reported === 1 };
}
