import type { Prisma } from '@giggityflix/prisma';
import { fromRow, librariesColumn } from '../accounts/accounts.prisma.ts';
import { loginKey } from '../accounts/login.ts';
import { loginLooks } from '../accounts/looks.ts';
import { passkeyRow } from '../credentials/credentials.prisma.ts';
import { untilSettled } from '../database/conflicts.ts';
import type { Storage } from '../database/database.ts';
import { fromInvitationRow, invitationId } from './invitations.prisma.ts';
import { stateOf } from './invitations.ts';
import type { SignUp, SignUpOutcome, SignUps } from './sign-ups.ts';

export function createPrismaSignUps(storage: Storage): SignUps {
  return {
    async signUp(request, at) {
      const looks = await loginLooks(request.login);
      return storage.ask((client) =>
        // Of two that meet in a login, a passkey or the set-up, the second finds at its next attempt what the first has made.
        untilSettled(() =>
          client.$transaction((transaction) => signUp(transaction, { ...request, looks }, at)),
        ),
      );
    },
  };
}

async function signUp(
  transaction: Prisma.TransactionClient,
  { secret, accountId, login, looks, name, credential }: SignUp & { looks: readonly string[] },
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
  if (await transaction.loginLook.findFirst({ where: { look: { in: [...looks] } } }))
    return { outcome: 'login_alike' };
  if (
    credential.kind === 'passkey' &&
    (await transaction.passkey.findUnique({ where: { id: credential.passkey.id } }))
  )
    return { outcome: 'passkey_taken' };
  if (credential.kind === 'upstream') {
    const { issuer, subject } = credential.link;
    const where = { issuer_subject: { issuer, subject } };
    if (await transaction.upstreamLink.findUnique({ where })) return { outcome: 'upstream_taken' };
  }

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
      libraries: librariesColumn(invitation.libraries),
      founder: isSetUp ? 'founder' : null,
      createdAt: at,
      changedAt: at,
    },
  });
  await transaction.loginLook.createMany({ data: looks.map((look) => ({ look, accountId })) });
  if (credential.kind === 'password')
    await transaction.passwordCredential.create({
      data: { accountId, hash: credential.hash, changedAt: at },
    });
  else if (credential.kind === 'upstream')
    await transaction.upstreamLink.create({
      data: { ...credential.link, accountId, createdAt: at, lastUsedAt: at },
    });
  else
    await transaction.passkey.create({
      data: passkeyRow({ ...credential.passkey, accountId, createdAt: at }),
    });
  return { outcome: 'signed_up', account: fromRow(account) };
}
