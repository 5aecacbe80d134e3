import { visibleText } from '@giggityflix/kernel';
import type { Account, AccountRole, AccountState } from '../accounts/account.ts';
import type { AccountChange, Accounts } from '../accounts/accounts.ts';
import { checkLibraries } from '../accounts/libraries.ts';
import type { AuditLog } from '../audit/audit.ts';
import type { Plans } from '../entitlements/plans.ts';
import type { AccountErrorCode, MutationResolvers } from '../generated/graphql.ts';
import type { Invitations } from '../invitations/invitations.ts';
import type { Access } from '../provider/access.ts';
import { BY_GATEWAY } from './profile-mutations.ts';

export interface AccountMutationDeps {
  accounts: Accounts;
  invitations: Invitations;
  access: Access;
  audit: AuditLog;
  plans: Plans;
  /** Beginning of the links of invitations. */
  issuer: string;
  invitationMs: number;
}

const MAX_NOTE_LENGTH = 200;

/** What operators do with the accounts of others. */
export function createAccountMutations(deps: AccountMutationDeps) {
  const { accounts, invitations, access, audit, plans } = deps;
  const planProblem = (plan: string | null | undefined) =>
    plan == null || Object.hasOwn(plans, plan) ? null : 'There is no such plan.';
  return {
    createAccountInvitation: async (_, { input }, { caller }) => {
      const { account } = await caller.operator();
      const role = ROLE[input.role];
      if (role === 'owner' && account.role !== 'owner') return refused('OWNERS_ONLY', OWNERS_ONLY);
      const libraries = checkLibraries(input.libraries ?? null);
      if (!libraries.ok) return refused('INVALID', libraries.problem);
      const problem = planProblem(input.plan);
      if (problem) return refused('INVALID', problem);
      const note = noteOf(input.note ?? '');
      if (note === null) return refused('INVALID', `The note may have ${MAX_NOTE_LENGTH} characters.`);
      const at = new Date();
      const { invitation, secret } = await invitations.create(
        { role, plan: input.plan ?? null, libraries: libraries.libraries, invitedBy: account.id, note },
        { at, lifetimeMs: deps.invitationMs },
      );
      await audit.record({
        at,
        action: 'invitation_created',
        accountId: account.id,
        address: BY_GATEWAY,
        details: { role, invitation: invitation.id },
      });
      return { invitation, link: `${deps.issuer}/invitation/${secret}`, error: null };
    },
    revokeAccountInvitation: async (_, { id }, { caller }) => {
      const { account } = await caller.operator();
      if (!(await invitations.get(id))) return refused('NOT_FOUND', 'There is no such invitation.');
      const at = new Date();
      if (!(await invitations.revoke(id, at)))
        return refused('NOT_OPEN', 'The invitation was used, has expired or was taken back.');
      await audit.record({
        at,
        action: 'invitation_revoked',
        accountId: account.id,
        address: BY_GATEWAY,
        details: { invitation: id },
      });
      return { invitation: await invitations.get(id), link: null, error: null };
    },
    updateAccount: async (_, { id, input }, { caller }) => {
      const { account: operator } = await caller.operator();
      const fail = (code: AccountErrorCode, message: string) => ({
        account: null as Account | null,
        error: { code, message },
      });
      const account = await accounts.find(id);
      if (!account) return fail('NOT_FOUND', 'There is no such account.');
      const change: AccountChange = {
        ...(input.role != null && { role: ROLE[input.role] }),
        ...(input.state != null && { state: STATE[input.state] }),
        ...(input.plan !== undefined && { plan: input.plan }),
      };
      const isAboutOwners = account.role === 'owner' || change.role === 'owner';
      if (isAboutOwners && operator.role !== 'owner') return fail('OWNERS_ONLY', OWNERS_ONLY);
      const problem = planProblem(input.plan);
      if (problem) return fail('INVALID', problem);
      if (input.libraries !== undefined) {
        const libraries = checkLibraries(input.libraries);
        if (!libraries.ok) return fail('INVALID', libraries.problem);
        change.libraries = libraries.libraries;
      }
      if (Object.keys(change).length === 0) return { account, error: null };
      const outcome = await access.changeAccount({ id, change, by: operator.id, address: BY_GATEWAY });
      if (outcome.outcome === 'changed') return { account: outcome.account, error: null };
      return outcome.outcome === 'last_owner'
        ? fail('LAST_OWNER', 'The last owner stays one, and stays.')
        : fail('NOT_FOUND', 'There is no such account.');
    },
  } satisfies MutationResolvers;
}

const ROLE = { OWNER: 'owner', OPERATOR: 'operator', MEMBER: 'member' } as const satisfies Record<
  string,
  AccountRole
>;
const STATE = { ACTIVE: 'active', LIMITED: 'limited', CLOSED: 'closed' } as const satisfies Record<
  string,
  AccountState
>;
const OWNERS_ONLY = 'Only owners make owners and change them.';

function refused(code: AccountErrorCode, message: string) {
  return { invitation: null, link: null, error: { code, message } };
}

/** Null for one that is too long. */
function noteOf(text: string): string | null {
  if (text.length > 2 * MAX_NOTE_LENGTH) return null;
  const note = visibleText(text);
  return [...note].length > MAX_NOTE_LENGTH ? null : note;
}
