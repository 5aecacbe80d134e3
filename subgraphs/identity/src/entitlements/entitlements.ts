import type { Account } from '../accounts/account.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Plans } from './plans.ts';

export type Entitlement =
  | { entitled: true; max_concurrent_streams: number | null }
  | { entitled: false; reason: string };

/** Who may watch, and how much at once. */
export interface Entitlements {
  check(request: { userId: string; region: string | null }): Promise<Entitlement>;
  /** Null for the default of the service that asks; no streams for someone who may not watch. */
  limitOf(userId: string): Promise<number | null>;
}

export function createEntitlements({ accounts, plans }: { accounts: Accounts; plans: Plans }): Entitlements {
  return {
    async check({ userId, region }) {
      const account = await accounts.find(userId);
      const refusal = refusalOf(account, plans);
      if (refusal !== null) return { entitled: false, reason: refusal };
      const { regions, max_concurrent_streams = null } = plans[account?.plan ?? ''] ?? {};
      if (regions && region === null)
        return {
          entitled: false,
          reason: 'the plan is limited to some regions, and the region is not known',
        };
      if (regions && !regions.includes(region!))
        return { entitled: false, reason: `the plan does not cover the region ${region}` };
      return { entitled: true, max_concurrent_streams };
    },
    async limitOf(userId) {
      const account = await accounts.find(userId);
      if (refusalOf(account, plans) !== null) return 0;
      return plans[account?.plan ?? '']?.max_concurrent_streams ?? null;
    },
  };
}

/** Why someone may watch nothing, wherever they are. */
function refusalOf(account: Account | null, plans: Plans): string | null {
  if (!account) return 'there is no such account';
  if (account.state === 'closed') return 'the account is closed';
  if (account.state === 'limited') return 'the account is limited';
  const isOffered = account.plan === null || Object.hasOwn(plans, account.plan);
  return isOffered ? null : 'the plan of the account is not offered';
}
