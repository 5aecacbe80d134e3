import { v7 as uuidv7 } from 'uuid';
import type { Account, AccountRole } from '../src/accounts/account.ts';
import type { Stores } from '../src/stores.ts';

let made = 0;

/** Signs someone up by an invitation. */
export async function newAccount(
  stores: Stores,
  options: Partial<{
    login: string;
    role: AccountRole;
    plan: string;
    libraries: readonly string[];
    passwordHash: string;
  }> = {},
): Promise<Account> {
  const { role = 'member', plan = null, libraries = null, passwordHash: hash = 'hash' } = options;
  made += 1;
  const login = options.login ?? `person ${made} of ${process.pid}`;
  const at = new Date();
  const { secret } = await stores.invitations.create(
    { role, plan, libraries, invitedBy: 'someone', note: '' },
    { at, lifetimeMs: 60_000 },
  );
  const result = await stores.signUps.signUp(
    { secret, accountId: uuidv7(), login, name: login, credential: { kind: 'password', hash } },
    at,
  );
  if (result.outcome !== 'signed_up') throw new Error(`not signed up: ${result.outcome}`);
  return result.account;
}
