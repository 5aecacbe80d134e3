import type { Membership } from '@giggityflix/bus';
import type { SqliteDatabase } from '@giggityflix/state';
import { BARRED, barredNames, type Identity, type Invitation, type Member, type Members } from './members.ts';

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

/** The peers whose revocation bars an id, or the key that derives it. */
export const BARRED_SCHEMA = `
  CREATE TABLE barred (
    name TEXT NOT NULL,
    peer_id TEXT NOT NULL,
    PRIMARY KEY (name, peer_id)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO barred SELECT lower(peer_id), peer_id FROM members WHERE membership = 'revoked';`;

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

  const selectBar = database.prepare<[string, string]>('SELECT 1 FROM barred WHERE name IN (?, ?) LIMIT 1');
  const bar = database.prepare<[string, string]>('INSERT OR IGNORE INTO barred VALUES (?, ?)');
  const unbar = database.prepare<[string, string]>('DELETE FROM barred WHERE name = ? AND peer_id = ?');

  const find = (identity: Identity): Member | null => {
    const row = select.get(identity.peerId);
    const own = row ? toMember(row) : null;
    return selectBar.get(...barredNames(identity)) ? { ...(own ?? BARRED), membership: 'revoked' } : own;
  };
  const redeem = database.transaction((attempt: Identity & { codeHash: string; now: number }) => {
    const known = find(attempt);
    if (known) return known;
    const invitation = use.get(attempt.codeHash, attempt.now);
    if (!invitation) return null;
    const membership = invitation.requires_approval === 1 ? 'pending' : 'approved';
    put.run(attempt.peerId, membership, 0, invitation.invitation_id, 0);
    return { membership, invitationId: invitation.invitation_id, reported: false } satisfies Member;
  });
  const decide = database.transaction((...[decision]: Parameters<Members['decide']>) => {
    const { peerId, membership, version } = decision;
    const known = select.get(peerId);
    const isNew = !known || known.version < version;
    if (isNew) put.run(peerId, membership, version, known?.invitation_id ?? null, 1);
    const holds = isNew ? membership : known.membership;
    const change = holds === 'revoked' ? bar : unbar;
    for (const name of barredNames(decision)) change.run(name, peerId);
    return holds;
  });

  return {
    find: async (identity) => find(identity),
    async invite({ invitationId, codeHash, requiresApproval, expiresAt, revoked }: Invitation) {
      sweep.run(Date.now());
      insert.run(codeHash, invitationId, Number(requiresApproval), expiresAt, Number(revoked));
    },
    redeem: async (attempt) => redeem.immediate(attempt),
    async reported(peerId) {
      markReported.run(peerId);
    },
    decide: async (decision) => decide.immediate(decision),
  };
}

function toMember(row: MemberRow): Member {
  return { membership: row.membership, invitationId: row.invitation_id, reported: row.reported === 1 };
}
