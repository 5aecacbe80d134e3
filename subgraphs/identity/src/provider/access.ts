import type { AccountChange, Accounts, ChangeOutcome } from '../accounts/accounts.ts';
import type { AuditLog } from '../audit/audit.ts';
import type { Devices } from '../devices/devices.ts';
import type { AccessEvents, AccessSubject } from '../events/publisher.ts';
import type { ProviderRecords } from '../records/records.ts';

/**
 * Takes access back. What was given out is refused here from then on, and wherever tokens are verified once the event of
 * it arrives there.
 */
export interface Access {
  /** False when the account has no such device. */
  revokeDevice(request: { accountId: string; deviceId: string; address: string }): Promise<boolean>;
  /** Ends what a device has: it signed out, or one of its tokens was copied. */
  endDevice(deviceId: string): Promise<void>;
  /** Ends every session, device, code and token of an account. */
  signOutEverywhere(accountId: string, address: string): Promise<void>;
  /** Changes an account; one that is closed is signed out everywhere. `by` is who did it. */
  changeAccount(request: {
    id: string;
    change: AccountChange;
    by: string;
    address: string;
  }): Promise<ChangeOutcome>;
  /**
   * To be called when what tokens say of someone has changed, or around `change`, which makes it: the tokens given out
   * before are refused, and clients renew them. A change that is not passed is lost to the others by a crash before the call.
   */
  limitsChanged(subject: AccessSubject): Promise<void>;
  limitsChanged<T>(subject: AccessSubject, change: () => Promise<T>): Promise<T>;
}

export function createAccess(deps: {
  accounts: Accounts;
  devices: Devices;
  records: ProviderRecords;
  audit: AuditLog;
  events: Pick<AccessEvents, 'during'>;
}): Access {
  const { accounts, devices, records, audit, events } = deps;
  const endAll = async (accountId: string) => {
    await records.removeAccount(accountId);
    for (const { id } of await devices.listOf(accountId)) await endGrant(id);
  };
  const endGrant = async (deviceId: string) => {
    await records.removeGrant(deviceId);
    await devices.remove(deviceId);
  };
  return {
    async revokeDevice({ accountId, deviceId, address }) {
      const device = await devices.find(deviceId);
      if (device?.accountId !== accountId) return false;
      await events.during({ accountId, deviceId, change: 'revoked' }, async () => {
        // Its browser is signed in here, too, and would get new tokens without a question.
        await records.removeSessionsOf(accountId, deviceId);
        await endGrant(deviceId);
      });
      const details = { device: device.name };
      await audit.record({ at: new Date(), action: 'device_revoked', accountId, address, details });
      return true;
    },
    async endDevice(deviceId) {
      const end = () => endGrant(deviceId);
      const accountId =
        (await devices.find(deviceId))?.accountId ?? (await accountOfGrant(records, deviceId));
      if (accountId === null) return end();
      await events.during({ accountId, deviceId, change: 'signed_out' }, end);
    },
    async signOutEverywhere(accountId, address) {
      await events.during({ accountId, deviceId: null, change: 'signed_out' }, () => endAll(accountId));
      await audit.record({
        at: new Date(),
        action: 'signed_out_everywhere',
        accountId,
        address,
        details: {},
      });
    },
    async changeAccount({ id, change, by, address }) {
      const make = async () => {
        const outcome = await accounts.change(id, change, new Date());
        if (outcome.outcome === 'changed' && change.state === 'closed') await endAll(id);
        return outcome;
      };
      const kind = takenBack(change);
      const outcome =
        kind === null
          ? await make()
          : await events.during(
              { accountId: id, deviceId: null, change: kind },
              make,
              (made) => made.outcome === 'changed',
            );
      if (outcome.outcome !== 'changed') return outcome;
      const { libraries, ...rest } = change;
      const details = {
        by,
        ...rest,
        ...(libraries !== undefined && { libraries: libraries?.join(' ') ?? null }),
      };
      await audit.record({ at: new Date(), action: 'account_changed', accountId: id, address, details });
      return outcome;
    },
    limitsChanged: <T>(subject: AccessSubject, change?: () => Promise<T>) =>
      events.during({ ...subject, change: 'limits_changed' }, async () => (await change?.()) as T),
  };
}

/** What a change of an account takes back from tokens given out before it; null for nothing. */
function takenBack(change: AccountChange) {
  if (change.state === 'closed' || change.state === 'limited') return change.state;
  const { name: _name, plan: _plan, state: _state, ...inTokens } = change;
  return Object.values(inTokens).some((value) => value !== undefined) ? 'limits_changed' : null;
}

async function accountOfGrant(records: ProviderRecords, id: string): Promise<string | null> {
  const grant = await records.find({ kind: 'Grant', id }, Date.now());
  const accountId = grant?.payload.accountId;
  return typeof accountId === 'string' ? accountId : null;
}
