import type { AccountChange, Accounts, ChangeOutcome } from '../accounts/accounts.ts';
import type { AuditLog } from '../audit/audit.ts';
import type { Devices } from '../devices/devices.ts';
import type { ProviderRecords } from '../records/records.ts';

/**
 * Takes access back. What was given out is refused from then on, but for access tokens: those are verified elsewhere, and end by
 * themselves soon.
 */
export interface Access {
  /** False when the account has no such device. */
  revokeDevice(request: { accountId: string; deviceId: string; address: string }): Promise<boolean>;
  /** Ends every session, device, code and token of an account. */
  signOutEverywhere(accountId: string, address: string): Promise<void>;
  /** Changes an account; one that is closed is signed out everywhere. `by` is who did it. */
  changeAccount(request: {
    id: string;
    change: AccountChange;
    by: string;
    address: string;
  }): Promise<ChangeOutcome>;
}

export function createAccess(deps: {
  accounts: Accounts;
  devices: Devices;
  records: ProviderRecords;
  audit: AuditLog;
}): Access {
  const { accounts, devices, records, audit } = deps;
  const endAll = async (accountId: string) => {
    await records.removeAccount(accountId);
    for (const { id } of await devices.listOf(accountId)) {
      await records.removeGrant(id);
      await devices.remove(id);
    }
  };
  return {
    async revokeDevice({ accountId, deviceId, address }) {
      const device = await devices.find(deviceId);
      if (device?.accountId !== accountId) return false;
      // Its browser is signed in here, too, and would get new tokens without a question.
      await records.removeSessionsOf(accountId, deviceId);
      await records.removeGrant(deviceId);
      await devices.remove(deviceId);
      const details = { device: device.name };
      await audit.record({ at: new Date(), action: 'device_revoked', accountId, address, details });
      return true;
    },
    async signOutEverywhere(accountId, address) {
      await endAll(accountId);
      await audit.record({
        at: new Date(),
        action: 'signed_out_everywhere',
        accountId,
        address,
        details: {},
      });
    },
    async changeAccount({ id, change, by, address }) {
      const outcome = await accounts.change(id, change, new Date());
      if (outcome.outcome !== 'changed') return outcome;
      if (change.state === 'closed') await endAll(id);
      const details = { by, ...change };
      await audit.record({ at: new Date(), action: 'account_changed', accountId: id, address, details });
      return outcome;
    },
  };
}
