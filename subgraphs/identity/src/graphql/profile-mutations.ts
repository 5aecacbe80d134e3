import { GraphQLError } from 'graphql';
import type { Accounts } from '../accounts/accounts.ts';
import type { MutationResolvers } from '../generated/graphql.ts';
import type { Household, ProfileOutcome } from '../profiles/household.ts';
import type { Access } from '../provider/access.ts';

export interface ProfileMutationDeps {
  accounts: Accounts;
  household: Household;
  access: Access;
}

/** In place of the address of a browser, which speaks with the gateway. */
export const BY_GATEWAY = 'gateway';

export function createProfileMutations({ household, access }: ProfileMutationDeps) {
  return {
    createProfile: async (_, { input }, { caller }) =>
      payload(await household.create(await caller.adult(), input)),
    updateProfile: async (_, { id, input, pin = null }, { caller }) =>
      payload(await household.update(await caller.adult(), { id, input, pin })),
    deleteProfile: async (_, { id, pin = null }, { caller }) =>
      payload(await household.remove(await caller.adult(), { id, pin })),
    chooseProfile: async (_, { id, pin = null }, { caller }) => {
      const outcome = await household.choose(await caller.personNow(), { id, pin });
      // Who watches here is someone else now.
      await caller.personNow();
      return payload(outcome);
    },
    revokeDevice: async (_, { id: deviceId }, { caller }) => {
      const { account } = await caller.adult();
      if (!(await access.revokeDevice({ accountId: account.id, deviceId, address: BY_GATEWAY })))
        throw new GraphQLError('there is no such device', { extensions: { code: 'NOT_FOUND' } });
      return account;
    },
    signOutEverywhere: async (_, _args, { caller }) => {
      const { account } = await caller.adult();
      await access.signOutEverywhere(account.id, BY_GATEWAY);
      return account;
    },
  } satisfies MutationResolvers;
}

function payload(outcome: ProfileOutcome) {
  if (outcome.ok) return { profile: outcome.profile, error: null };
  return { profile: null, error: { retryAfterSeconds: null, ...outcome.problem } };
}
