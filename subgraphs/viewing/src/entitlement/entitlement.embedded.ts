import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { EntitlementProvider } from './entitlement.ts';

const id = z.string().min(1).max(200);
const region = z.string().regex(/^[A-Z]{2}$/, 'expected two capital letters, as ISO 3166-1 alpha-2 has them');

/** The file `ACCOUNTS_PATH` names. */
export const accountsFile = z.object({
  plans: z.record(
    id,
    z.object({
      max_concurrent_streams: z.int().min(0).max(1_000).optional(),
      /** Where the plan may be watched; everywhere when omitted. */
      regions: z.array(region).optional(),
    }),
  ),
  accounts: z.array(
    z.object({
      user_id: id,
      plan: id,
      /** The profiles of the account; any when omitted. */
      profiles: z.array(id).optional(),
      status: z.enum(['active', 'suspended']).default('active'),
      max_concurrent_streams: z.int().min(0).max(1_000).optional(),
    }),
  ),
});
export type AccountsFile = z.infer<typeof accountsFile>;

/**
 * Reads and checks an accounts file.
 * @throws Error that names the file and what is wrong in it.
 */
export function readAccountsFile(path: string): AccountsFile {
  const parsed = accountsFile.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!parsed.success) throw new Error(`${path}: ${z.prettifyError(parsed.error)}`);
  for (const account of parsed.data.accounts)
    if (!parsed.data.plans[account.plan])
      throw new Error(
        `${path}: account ${account.user_id} is on plan ${account.plan}, which is not in plans`,
      );
  return parsed.data;
}

/**
 * Accounts, plans and regions without an identity service.
 * `unknownAccounts: 'entitle'` is for installations on one's own machine: everyone may watch, with the defaults.
 */
export function createEmbeddedEntitlement(options: {
  accounts: AccountsFile;
  unknownAccounts: 'entitle' | 'refuse';
}): EntitlementProvider {
  const { plans } = options.accounts;
  const accounts = new Map(options.accounts.accounts.map((account) => [account.user_id, account]));
  const limitOf = (userId: string): number | null => {
    const account = accounts.get(userId);
    if (!account) return null;
    return account.max_concurrent_streams ?? plans[account.plan]?.max_concurrent_streams ?? null;
  };
  const refuse = (reason: string) => ({ entitled: false, reason }) as const;
  return {
    async check(request) {
      const account = accounts.get(request.userId);
      if (!account)
        return options.unknownAccounts === 'entitle'
          ? { entitled: true, maxConcurrentStreams: null }
          : refuse('the account is not known');
      if (account.status === 'suspended') return refuse('the account is suspended');
      if (account.profiles && !account.profiles.includes(request.profileId))
        return refuse('the account has no such profile');
      const regions = plans[account.plan]?.regions;
      if (regions && (request.region === null || !regions.includes(request.region)))
        return refuse(
          request.region === null
            ? 'the plan is limited to some regions, and the region is not known'
            : `the plan does not cover the region ${request.region}`,
        );
      return { entitled: true, maxConcurrentStreams: limitOf(request.userId) };
    },
    limitOf: async (userId) => limitOf(userId),
    close: async () => {},
  };
}
