import type { IdentityAccessChanged } from '@giggityflix/bus';
import type { Accounts } from '../accounts/accounts.ts';
import type { Devices } from '../devices/devices.ts';
import type { Household } from '../profiles/household.ts';

/** Most devices that one event names. Those beyond it, the ones not seen for longest, are as those without any rights. */
const MAX_DEVICES = 200;

/** Within which limits devices are now: what their next tokens will say. */
export function createLimits(deps: {
  accounts: Accounts;
  devices: Devices;
  household: Pick<Household, 'choiceOn'>;
}) {
  const { accounts, devices, household } = deps;
  return async (subject: {
    accountId: string;
    deviceId: string | null;
  }): Promise<NonNullable<IdentityAccessChanged['limits']>> => {
    const { accountId, deviceId } = subject;
    const account = await accounts.find(accountId);
    if (!account) return [];
    const ids = deviceId === null ? (await devices.listOf(accountId)).map(({ id }) => id) : [deviceId];
    return Promise.all(
      ids.slice(0, MAX_DEVICES).map(async (id) => ({
        device_id: id,
        libraries: account.libraries && [...account.libraries],
        rating_limit: (await household.choiceOn(account, id)).ratingLimit,
      })),
    );
  };
}
