import { createHash, randomBytes } from 'node:crypto';
import type { AccountRole } from '../accounts/account.ts';
import { librariesColumn } from '../accounts/accounts.prisma.ts';
import type { Storage } from '../database/database.ts';
import type { Invitation, Invitations } from './invitations.ts';

const SECRET_BYTES = 24;

export function createPrismaInvitations(storage: Storage): Invitations {
  const isOpen = { usedAt: null, revokedAt: null };
  return {
    create: ({ role, plan, libraries = null, invitedBy, note }, { at, lifetimeMs }) =>
      storage.ask(async ({ invitation }) => {
        const secret = randomBytes(SECRET_BYTES).toString('base64url');
        const row = await invitation.create({
          data: {
            id: invitationId(secret),
            role,
            plan,
            libraries: librariesColumn(libraries),
            invitedBy,
            note,
            createdAt: at,
            expiresAt: new Date(at.getTime() + lifetimeMs),
          },
        });
        return { invitation: fromInvitationRow(row), secret };
      }),
    find: (secret) =>
      storage.ask(async ({ invitation }) => {
        const row = await invitation.findUnique({ where: { id: invitationId(secret) } });
        return row && fromInvitationRow(row);
      }),
    get: (id) =>
      storage.ask(async ({ invitation }) => {
        const row = await invitation.findUnique({ where: { id } });
        return row && fromInvitationRow(row);
      }),
    list: ({ first, before }) =>
      storage.ask(async ({ invitation }) => {
        const rows = await invitation.findMany({
          where: before
            ? {
                OR: [
                  { createdAt: { lt: before.createdAt } },
                  { createdAt: before.createdAt, id: { lt: before.id } },
                ],
              }
            : {},
          orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
          take: first,
        });
        return rows.map(fromInvitationRow);
      }),
    revoke: (id, at) =>
      storage.ask(async ({ invitation }) => {
        const { count } = await invitation.updateMany({
          where: { id, ...isOpen, expiresAt: { gt: at } },
          data: { revokedAt: at },
        });
        return count > 0;
      }),
    revokeSetUps: (at) =>
      storage.ask(async ({ invitation }) => {
        await invitation.updateMany({ where: { invitedBy: null, ...isOpen }, data: { revokedAt: at } });
      }),
  };
}

/** Who reads the database has no links. */
export function invitationId(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

type Row = Omit<Invitation, 'role' | 'libraries'> & { role: string; libraries: unknown };

export function fromInvitationRow(row: Row): Invitation {
  return { ...row, role: row.role as AccountRole, libraries: row.libraries as string[] | null };
}
