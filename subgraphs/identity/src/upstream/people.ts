import { v7 as uuidv7 } from 'uuid';
import type { Account } from '../accounts/account.ts';
import type { AccountChange, Accounts } from '../accounts/accounts.ts';
import { checkLogin, checkName } from '../accounts/login.ts';
import type { AuditLog } from '../audit/audit.ts';
import type { UpstreamLinks } from '../credentials/upstream-links.ts';
import type { Invitations } from '../invitations/invitations.ts';
import type { SignUpOutcome, SignUps } from '../invitations/sign-ups.ts';
import type { Access } from '../provider/access.ts';
import type { UpstreamPerson } from './client.ts';
import { type Grant, grantOf, type UpstreamProvider } from './providers.ts';

const INVITATION_MS = 60_000;

export type UpstreamSignIn =
  | { outcome: 'signed_in'; account: Account }
  /** Nobody here is linked with this person, and an invitation is needed. */
  | { outcome: 'not_invited' }
  /** No account is there yet, and this one would not be its owner. */
  | { outcome: 'not_set_up' }
  /** None of the groups may be here. */
  | { outcome: 'no_group' }
  | { outcome: 'closed' };

/** Who the people of other providers are here. */
export interface UpstreamPeople {
  signIn(one: {
    provider: UpstreamProvider;
    person: UpstreamPerson;
    address: string;
  }): Promise<UpstreamSignIn>;
  /** Makes an account by an invitation. */
  signUp(one: {
    provider: UpstreamProvider;
    person: UpstreamPerson;
    secret: string;
    address: string;
  }): Promise<SignUpOutcome | { outcome: 'no_group' }>;
  /** False when someone is linked with this person already. */
  link(one: {
    provider: UpstreamProvider;
    person: UpstreamPerson;
    accountId: string;
    address: string;
  }): Promise<boolean>;
}

export function createUpstreamPeople(deps: {
  accounts: Accounts;
  links: UpstreamLinks;
  invitations: Invitations;
  signUps: SignUps;
  access: Access;
  audit: AuditLog;
}): UpstreamPeople {
  const { accounts, links, invitations, signUps, access, audit } = deps;

  /** Gives an account what its groups say. */
  const follow = async (
    account: Account,
    { provider, grant, address }: { provider: UpstreamProvider; grant: Grant; address: string },
  ): Promise<Account> => {
    const change = changeTo(account, grant);
    if (Object.keys(change).length === 0) return account;
    const by = `provider ${provider.id}`;
    const changed = await access.changeAccount({ id: account.id, change, by, address });
    // The last owner stays one, and the rest of the change is made without that.
    if (changed.outcome !== 'last_owner') return changed.outcome === 'changed' ? changed.account : account;
    const { role: _, ...rest } = change;
    if (Object.keys(rest).length === 0) return account;
    const again = await access.changeAccount({ id: account.id, change: rest, by, address });
    return again.outcome === 'changed' ? again.account : account;
  };
  const enter = async (
    { provider, person, secret, address }: Parameters<UpstreamPeople['signUp']>[0],
    invitedBy: string | null,
  ): Promise<SignUpOutcome> => {
    const { issuer, subject } = person;
    const name = checkName(person.name);
    const at = new Date();
    let result: SignUpOutcome = { outcome: 'login_taken' };
    for (const text of person.logins) {
      const login = checkLogin(text);
      if (!login.ok) continue;
      result = await signUps.signUp(
        {
          secret,
          accountId: uuidv7(),
          login: login.login,
          name: name.ok ? name.name : login.login,
          credential: { kind: 'upstream', link: { issuer, subject, name: person.logins[0]! } },
        },
        at,
      );
      if (result.outcome !== 'login_taken' && result.outcome !== 'login_alike') break;
    }
    if (result.outcome === 'signed_up') {
      const details = { role: result.account.role, by: provider.label, invitedBy };
      await audit.record({ at, action: 'signed_up', accountId: result.account.id, address, details });
    }
    return result;
  };
  const grantFor = ({ provider, person }: { provider: UpstreamProvider; person: UpstreamPerson }) =>
    person.groups === null ? undefined : grantOf(provider, person.groups);

  return {
    async signIn({ provider, person, address }) {
      const grant = grantFor({ provider, person });
      const link = await links.find(person.issuer, person.subject);
      let account = link && (await accounts.find(link.accountId));
      if (grant === null) {
        if (account) await refuse(account.id, 'no group');
        return { outcome: 'no_group' };
      }
      if (!account) {
        if (provider.signUp === 'invited') return { outcome: 'not_invited' };
        // Otherwise the link of the set-up would be worth nothing any more, and nobody the owner.
        if (grant?.role !== 'owner' && (await accounts.isEmpty())) return { outcome: 'not_set_up' };
        const { role = 'member', plan = null, libraries = null } = grant ?? {};
        const { secret } = await invitations.create(
          { role, plan, libraries, invitedBy: provider.id, note: provider.label },
          { at: new Date(), lifetimeMs: INVITATION_MS },
        );
        const made = await enter({ provider, person, secret, address }, provider.id);
        // Of two at once, the second finds what the first has made.
        const other =
          made.outcome === 'upstream_taken' ? await links.find(person.issuer, person.subject) : null;
        account =
          made.outcome === 'signed_up' ? made.account : other && (await accounts.find(other.accountId));
        if (!account) return { outcome: 'not_invited' };
      }
      if (account.state === 'closed') {
        await refuse(account.id, 'closed');
        return { outcome: 'closed' };
      }
      if (grant) account = await follow(account, { provider, grant, address });
      const at = new Date();
      await links.used({ ...person, name: person.logins[0]! }, at);
      const details = { by: provider.label };
      await audit.record({ at, action: 'signed_in', accountId: account.id, address, details });
      return { outcome: 'signed_in', account };

      async function refuse(accountId: string, why: string) {
        const details = { by: provider.label, why };
        await audit.record({ at: new Date(), action: 'sign_in_failed', accountId, address, details });
      }
    },
    async signUp(one) {
      const grant = grantFor(one);
      if (grant === null) return { outcome: 'no_group' };
      const invitation = await invitations.find(one.secret);
      const made = await enter(one, invitation?.invitedBy ?? null);
      if (made.outcome !== 'signed_up' || !grant || invitation?.invitedBy === null) return made;
      const { provider, address } = one;
      return { outcome: 'signed_up', account: await follow(made.account, { provider, grant, address }) };
    },
    async link({ provider, person, accountId, address }) {
      const { issuer, subject } = person;
      const createdAt = new Date();
      if (!(await links.add({ issuer, subject, accountId, name: person.logins[0]!, createdAt })))
        return false;
      const details = { provider: provider.label, name: person.logins[0]! };
      await audit.record({ at: createdAt, action: 'upstream_linked', accountId, address, details });
      return true;
    },
  };
}

function changeTo(account: Account, grant: Grant): AccountChange {
  const change: AccountChange = {};
  if (account.role !== grant.role) change.role = grant.role;
  if (account.plan !== grant.plan) change.plan = grant.plan;
  const same = (one: readonly string[] | null, other: readonly string[] | null) =>
    JSON.stringify(one) === JSON.stringify(other);
  if (!same(account.libraries, grant.libraries)) change.libraries = grant.libraries;
  return change;
}
