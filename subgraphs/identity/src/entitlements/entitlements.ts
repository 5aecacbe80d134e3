import type { Account } from '../accounts/account.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { type Choice, choiceOf } from '../profiles/choice.ts';
import { watchingAt } from '../profiles/hours.ts';
import type { Profiles } from '../profiles/profiles.ts';
import type { Plans } from './plans.ts';

export type Entitlement =
  /** `until` is when watching must end, RFC 3339 in UTC; null for no such time. */
  | { entitled: true; max_concurrent_streams: number | null; until: string | null }
  | { entitled: false; reason: string };

export interface EntitlementRequest {
  userId: string;
  /** One that is none of the account's counts as none: all that limits one of its profiles then counts. */
  profileId: string | null;
  /** A file's catalog id. */
  contentId: string | null;
  region: string | null;
}

/** Who may watch, and how much at once. */
export interface Entitlements {
  check(request: EntitlementRequest): Promise<Entitlement>;
  /** Null for the default of the service that asks; no streams for someone who may not watch. */
  limitOf(userId: string): Promise<number | null>;
}

/** Which files someone who is limited may watch, as the catalog has it; none while it cannot be asked. */
export interface AllowedFiles {
  allowed(
    catalogIds: readonly string[],
    limits: { libraries: readonly string[] | null; ratingLimit: number | null },
  ): Promise<ReadonlySet<string>>;
}

export function createEntitlements(deps: {
  accounts: Accounts;
  profiles: Profiles;
  plans: Plans;
  /** Null where the catalog is not asked. */
  files: AllowedFiles | null;
  clock?: () => number;
}): Entitlements {
  const { accounts, profiles, plans, files, clock = Date.now } = deps;
  return {
    async check({ userId, profileId, contentId, region }) {
      const account = await accounts.find(userId);
      const refusal = refusalOf(account, plans);
      if (!account || refusal !== null) return refused(refusal ?? 'there is no such account');
      const { regions, max_concurrent_streams = null } = plans[account.plan ?? ''] ?? {};
      if (regions && region === null)
        return refused('the plan is limited to some regions, and the region is not known');
      if (regions && !regions.includes(region!))
        return refused(`the plan does not cover the region ${region}`);

      const now = clock();
      const choice = choiceOf(await profiles.listOf(account, new Date(now)), profileId);
      const until = endOf(choice, now);
      if (until === 'now') return refused('the profile may not watch at this time');
      const limits = { libraries: account.libraries, ratingLimit: choice.ratingLimit };
      const isLimited = limits.libraries !== null || limits.ratingLimit !== null;
      if (
        files &&
        isLimited &&
        contentId !== null &&
        !(await files.allowed([contentId], limits)).has(contentId)
      )
        return refused('the profile may not watch this title');
      return {
        entitled: true,
        max_concurrent_streams,
        until: until === null ? null : new Date(until).toISOString(),
      };
    },
    async limitOf(userId) {
      const account = await accounts.find(userId);
      if (refusalOf(account, plans) !== null) return 0;
      return plans[account?.plan ?? '']?.max_concurrent_streams ?? null;
    },
  };
}

/** When the hours of all whose hours count end; null for never. */
function endOf({ hoursOf }: Choice, now: number): number | 'now' | null {
  let first: number | null = null;
  for (const { hours } of hoursOf) {
    const watching = watchingAt(hours!, now);
    if (!watching.allowed) return 'now';
    first = Math.min(first ?? watching.until, watching.until);
  }
  return first;
}

function refused(reason: string): Entitlement {
  return { entitled: false, reason };
}

/** Why someone may watch nothing, wherever they are. */
function refusalOf(account: Account | null, plans: Plans): string | null {
  if (!account) return 'there is no such account';
  if (account.state === 'closed') return 'the account is closed';
  if (account.state === 'limited') return 'the account is limited';
  const isOffered = account.plan === null || Object.hasOwn(plans, account.plan);
  return isOffered ? null : 'the plan of the account is not offered';
}
