import { tokenRolesOf } from '../accounts/account.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Devices } from '../devices/devices.ts';
import type { Resolvers } from '../generated/graphql.ts';
import { type Invitations, stateOf } from '../invitations/invitations.ts';
import type { Profiles } from '../profiles/profiles.ts';
import { type AccountMutationDeps, createAccountMutations } from './account-mutations.ts';
import { pageOf } from './pages.ts';
import { createProfileMutations, type ProfileMutationDeps } from './profile-mutations.ts';

export interface ResolverDeps extends AccountMutationDeps, ProfileMutationDeps {
  accounts: Accounts;
  profiles: Profiles;
  devices: Devices;
  invitations: Invitations;
}

/** Accounts, profiles, devices and invitations over GraphQL: what is not one's own is not found, but for operators. */
export function createResolvers(deps: ResolverDeps): Resolvers {
  const { accounts, profiles, devices, invitations } = deps;
  return {
    Query: {
      me: async (_, _args, { caller }) => (await caller.person()).account,
      accounts: async (_, page, { caller }) => {
        await caller.operator();
        return pageOf(page, ({ first, after }) => accounts.list({ first, after: after?.id ?? null }));
      },
      accountInvitations: async (_, page, { caller }) => {
        await caller.operator();
        return pageOf(page, ({ first, after }) => invitations.list({ first, before: after }));
      },
    },
    Mutation: { ...createProfileMutations(deps), ...createAccountMutations(deps) },
    Account: {
      __resolveReference: async ({ id }, { caller }) => {
        const { account, choice } = await caller.person();
        if (id === account.id) return account;
        return tokenRolesOf(account).includes('operator') && !choice.isKid ? accounts.find(id) : null;
      },
      role: ({ role }) => ROLE[role],
      state: ({ state }) => STATE[state],
      libraries: ({ libraries }) => libraries && [...libraries],
      createdAt: ({ createdAt }) => createdAt.toISOString(),
      profiles: (account) => profiles.listOf(account, new Date()),
      devices: ({ id }) => devices.listOf(id),
    },
    Profile: {
      __resolveReference: async ({ id }, { caller }) =>
        (await caller.profiles()).find((profile) => profile.id === id) ?? null,
      hasPin: ({ pinHash }) => pinHash !== null,
      audioLanguages: ({ audioLanguages }) => [...audioLanguages],
      subtitleLanguages: ({ subtitleLanguages }) => [...subtitleLanguages],
      isChosen: async ({ id }, _args, { caller }) => (await caller.person()).choice.profile?.id === id,
    },
    Device: {
      createdAt: ({ createdAt }) => createdAt.toISOString(),
      lastSeenAt: ({ lastSeenAt }) => lastSeenAt.toISOString(),
      isThis: async ({ id }, _args, { caller }) => (await caller.person()).deviceId === id,
    },
    AccountInvitation: {
      role: ({ role }) => ROLE[role],
      libraries: ({ libraries }) => libraries && [...libraries],
      state: (invitation) => INVITATION_STATE[stateOf(invitation, new Date())],
      createdAt: ({ createdAt }) => createdAt.toISOString(),
      expiresAt: ({ expiresAt }) => expiresAt.toISOString(),
      account: ({ usedBy }) => (usedBy === null ? null : accounts.find(usedBy)),
    },
  };
}

const ROLE = { owner: 'OWNER', operator: 'OPERATOR', member: 'MEMBER' } as const;
const STATE = { active: 'ACTIVE', limited: 'LIMITED', closed: 'CLOSED' } as const;
const INVITATION_STATE = { open: 'OPEN', used: 'USED', expired: 'EXPIRED', revoked: 'REVOKED' } as const;
