import { requireIdentity, type SubgraphContext } from '@giggityflix/graphql';
import { GraphQLError } from 'graphql';
import { tokenRolesOf } from '../accounts/account.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Devices } from '../devices/devices.ts';
import type { Household, Person } from '../profiles/household.ts';
import type { Profile } from '../profiles/profile.ts';
import type { Profiles } from '../profiles/profiles.ts';
import type { Caller } from './context.ts';

/** Who makes one request. */
export function createCaller(
  base: SubgraphContext,
  deps: { accounts: Accounts; devices: Devices; profiles: Profiles; household: Household },
): Caller {
  const { accounts, devices, household } = deps;
  let known: Promise<Person> | null = null;
  let profiles: Promise<readonly Profile[]> | null = null;

  const read = async (): Promise<Person> => {
    const { userId, deviceId } = requireIdentity(base);
    if (deviceId === null) throw forbidden('this is for people who are signed in on a device');
    const [account, device] = await Promise.all([accounts.find(userId), devices.find(deviceId)]);
    // What was given out before is valid for minutes.
    if (!account || account.state === 'closed' || device?.accountId !== userId)
      throw new GraphQLError('sign in again', { extensions: { code: 'UNAUTHENTICATED' } });
    return { account, deviceId, choice: await household.choiceOn(account, deviceId) };
  };
  const person = () => {
    known ??= read();
    return known;
  };
  const personNow = () => {
    known = read();
    profiles = null;
    return known;
  };
  return {
    person,
    personNow,
    async adult() {
      const now = await personNow();
      refuseKids(now);
      return now;
    },
    async operator() {
      const now = await personNow();
      if (!tokenRolesOf(now.account).includes('operator') || now.account.state !== 'active')
        throw forbidden('this needs the operator role');
      refuseKids(now);
      return now;
    },
    profiles() {
      profiles ??= person().then(({ account }) => deps.profiles.listOf(account, new Date()));
      return profiles;
    },
  };
}

function refuseKids({ choice }: Person): void {
  if (choice.isKid)
    throw forbidden(
      choice.profile ? 'a kids’ profile may not do this' : 'choose a profile first that is no kid’s',
    );
}

function forbidden(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'FORBIDDEN' } });
}
