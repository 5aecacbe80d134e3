import { type Account, tokenRolesOf } from '../accounts/account.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Candidate, Choice } from '../profiles/choice.ts';
import type { Client } from './clients.ts';

/** What tokens say, beside what the standards have them say. */
export interface TokenClaims {
  /** Null for someone who does not sign in. */
  accountOf(id: string): Promise<Account | null>;
  /** Of an ID token; a person is asked about without a device before they have signed in on one. */
  ofPerson(account: Account, deviceId: string | null): Promise<{ sub: string; [claim: string]: unknown }>;
  ofAccessToken(accountId: string, deviceId: string | null): Promise<Record<string, unknown>>;
  ofBackend(clientId: string): Promise<Record<string, unknown>>;
}

export function createTokenClaims(deps: {
  accounts: Pick<Accounts, 'find'>;
  household: { choiceOn(account: Account, deviceId: string | null): Promise<Choice<Candidate>> };
  clients: readonly Client[];
  clock?: () => number;
}): TokenClaims {
  const { accounts, household, clock = Date.now } = deps;
  const backends = new Map(
    deps.clients.flatMap((each) => (each.kind === 'backend' ? [[each.id, each]] : [])),
  );
  return {
    async accountOf(id) {
      const account = await accounts.find(id);
      return account?.state === 'closed' ? null : account;
    },
    async ofPerson(account, deviceId) {
      const choice = await household.choiceOn(account, deviceId);
      return {
        sub: account.id,
        name: account.name,
        preferred_username: account.login,
        roles: rolesOf(account, choice),
      };
    },
    async ofAccessToken(accountId, deviceId) {
      const issued = { iat_ms: clock(), ...(deviceId !== null && { device_id: deviceId }) };
      const account = await accounts.find(accountId);
      if (!account) return { ...issued, roles: [] };
      const choice = await household.choiceOn(account, deviceId);
      return {
        ...issued,
        roles: rolesOf(account, choice),
        ...(choice.profile && { profile_id: choice.profile.id }),
        ...(account.libraries && { libraries: account.libraries }),
        ...(choice.ratingLimit !== null && { rating_limit: choice.ratingLimit }),
      };
    },
    ofBackend: async (clientId) => ({ iat_ms: clock(), roles: backends.get(clientId)?.roles ?? [] }),
  };
}

/** A kid administers nothing. */
function rolesOf(account: Account, { isKid }: Pick<Choice, 'isKid'>) {
  return tokenRolesOf(account).filter((role) => role !== 'operator' || !isKid);
}
