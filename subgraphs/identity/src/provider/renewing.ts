import { AsyncLocalStorage } from 'node:async_hooks';
import type { Adapter } from 'oidc-provider';
import type { Accounts } from '../accounts/accounts.ts';
import type { Device } from '../devices/devices.ts';
import { type Candidate, type Choice, choiceOf } from '../profiles/choice.ts';
import type { Household } from '../profiles/household.ts';
import type { Renewal, Renewals } from '../renewals/renewals.ts';
import { expiryOf, payloadOf, storable } from './adapter.ts';
import { alreadyUsed } from './already-used.ts';

/** How often it is written down that a device was seen at the same address. */
const SEEN_EVERY_MS = 60_000;

interface Request {
  address: string;
  /** When what it found was read: what changes later is not in its tokens. */
  at: number | null;
  found: (Renewal & { tokenId: string }) | null;
}

/**
 * The provider's library asks for one thing after the other, some of them several times. Within a request for tokens, what
 * comes with a refresh token is asked for once and given from memory, and what is written of it is one statement.
 */
export interface Renewing {
  /** Runs what answers a request for tokens. */
  run<T>(address: string, answer: () => Promise<T>): Promise<T>;
  adapters(adapterOf: (kind: string) => Adapter): (kind: string) => Adapter;
  /** The same ports, which give what is known of the request's account. */
  readonly accounts: Pick<Accounts, 'find'>;
  readonly household: {
    choiceOn: (...asked: Parameters<Household['choiceOn']>) => Promise<Choice<Candidate>>;
  };
  /** Whether the device of the request is known, and it was noted where it was seen. */
  knowsDevice(): boolean;
  /** When what tokens say was read, in milliseconds since 1970. */
  clock(): number;
}

export function createRenewing(deps: {
  renewals: Renewals;
  accounts: Pick<Accounts, 'find'>;
  household: Pick<Household, 'choiceOn'>;
}): Renewing {
  const { renewals } = deps;
  const requests = new AsyncLocalStorage<Request>();
  const found = () => requests.getStore()?.found ?? null;
  const seenOn = (device: Device | null, address: string, now: number) =>
    device && (device.address !== address || now - device.lastSeenAt.getTime() >= SEEN_EVERY_MS)
      ? { deviceId: device.id, address }
      : null;

  const ofTokens = (adapter: Adapter): Adapter => ({
    ...adapter,
    async find(id) {
      const request = requests.getStore();
      if (!request) return adapter.find(id);
      request.at = Date.now();
      const renewal = await renewals.find(id, request.at);
      request.found = renewal && { ...renewal, tokenId: id };
      return payloadOf(renewal?.token ?? null);
    },
    async consume(id) {
      // Done with what replaces it, which the library stores next.
      if (found()?.tokenId !== id) await adapter.consume(id);
    },
    async upsert(id, payload, expiresInS) {
      const request = requests.getStore();
      if (!request?.found) return adapter.upsert(id, payload, expiresInS);
      const { tokenId, device } = request.found;
      const now = Date.now();
      const isRotated = await renewals.rotate({
        tokenId,
        next: { id, payload: storable(payload), expiresAt: expiryOf(expiresInS, now) },
        seen: seenOn(device, request.address, now),
        now,
      });
      if (!isRotated) throw await alreadyUsed();
    },
  });
  const ofGrants = (adapter: Adapter): Adapter => ({
    ...adapter,
    async find(id) {
      const known = found();
      return known?.token.payload.grantId === id ? payloadOf(known.grant) : adapter.find(id);
    },
  });
  const ofSessions = (adapter: Adapter): Adapter => ({
    ...adapter,
    async findByUid(uid) {
      const known = found();
      return known?.token.payload.sessionUid === uid ? payloadOf(known.session) : adapter.findByUid(uid);
    },
  });
  const around: Record<string, (adapter: Adapter) => Adapter> = {
    RefreshToken: ofTokens,
    Grant: ofGrants,
    Session: ofSessions,
  };

  return {
    run: (address, answer) => requests.run({ address, at: null, found: null }, answer),
    adapters: (adapterOf) => (kind) => around[kind]?.(adapterOf(kind)) ?? adapterOf(kind),
    accounts: {
      async find(id) {
        const known = found();
        return known?.account?.id === id ? known.account : deps.accounts.find(id);
      },
    },
    household: {
      async choiceOn(account, deviceId) {
        const known = found();
        const isKnown = known?.account?.id === account.id && known.token.payload.grantId === deviceId;
        // The first profile is made when it is asked for.
        if (!isKnown || known.profiles.length === 0) return deps.household.choiceOn(account, deviceId);
        const { device, profiles } = known;
        return choiceOf(profiles, device?.accountId === account.id ? device.profileId : null);
      },
    },
    knowsDevice: () => Boolean(found()?.device),
    clock: () => requests.getStore()?.at ?? Date.now(),
  };
}
