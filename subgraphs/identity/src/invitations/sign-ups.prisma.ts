import type { Prisma } from '@giggityflix/prisma';
import { fromRow } from '../accounts/accounts.prisma.ts';
import { loginKey } from '../accounts/login.ts';
import { passkeyRow } from '../credentials/credentials.prisma.ts';
import { untilSettled } from '../database/conflicts.ts';
import type { Storage } from '../database/database.ts';
import { fromInvitationRow, invitationId } from './invitations.prisma.ts';
import { stateOf } from './invitations.ts';
import type { SignUp, SignUpOutcome, SignUps } from './sign-ups.ts';

export function createPrismaSignUps(storage: Storage): SignUps {
  return {
    signUp: (request, at) =>
      storage.ask((client) =>
        // Of two that meet in a login, a passkey or the set-up, the second finds at its next attempt what the first has made.
        untilSettled(() => client.$transaction((transaction) => signUp(transaction, request, at))),
      ),
  };
}

async function signUp(
  transaction: Prisma.TransactionClient,
  { secret, accountId, login, name, credential }: SignUp,
  at: Date,
): Promise<SignUpOutcome | null> {
  const row = await transaction.invitation.findUnique({ where: { id: invitationId(secret) } });
  if (!row) return { outcome: 'unknown' };
  const invitation = fromInvitationRow(row);
  const state = stateOf(invitation, at);
  if (state !== 'open') return { outcome: state };
  const isSetUp = invitation.invitedBy === null;
  if (isSetUp && (await transaction.account.findFirst({ select: { id: true } })))
    return { outcome: 'set_up' };
  const key = loginKey(login);
  if (await transaction.account.findUnique({ where: { loginKey: key } })) return { outcome: 'login_taken' };
  if (
    credential.kind === 'passkey' &&
    (await transaction.passkey.findUnique({ where: { id: credential.passkey.id } }))
  )
    return { outcome: 'passkey_taken' };

  const { count } = await transaction.invitation.updateMany({
    where: { id: invitation.id, usedAt: null, revokedAt: null },
    data: { usedAt: at, usedBy: accountId },
  });
  if (count === 0) return null;
  const account = await transaction.account.create({
    data: {
      id: accountId,
      login,
      loginKey: key,
      name,
      role: invitation.role,
      state: 'active',
      plan: invitation.plan,
      founder: isSetUp ? 'founder' : null,
      createdAt: at,
      changedAt: at,
    },
  });
  if (credential.kind === 'password')
    await transaction.passwordCredential.create({
      data: { accountId, hash: credential.hash, changedAt: at },
    });
  else
    await transaction.passkey.create({
      data: passkeyRow({ ...credential.passkey, accountId, createdAt: at }),
    });
  return { outcome: 'signed_up', account: fromRow(account) };
}
