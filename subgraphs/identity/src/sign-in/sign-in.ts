import { createHash } from 'node:crypto';
import { networkOf } from '@giggityflix/http';
import type { Account } from '../accounts/account.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { loginKey } from '../accounts/login.ts';
import type { AuditLog } from '../audit/audit.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { Passwords } from '../credentials/passwords.ts';
import type { FactorOutcome, SecondFactor } from '../factors/second-factor.ts';
import type { Backoff, Failures } from '../failures/failures.ts';

const MINUTE_MS = 60_000;
/** Of one login from one network: a person who tries to remember. */
const PAIR: Backoff = { free: 5, firstMs: 2_000, mostMs: 15 * MINUTE_MS, forgetMs: 60 * MINUTE_MS };
/** Of one network, whatever the login: someone who tries the same password with many. */
const NETWORK: Backoff = { free: 30, firstMs: 2_000, mostMs: 15 * MINUTE_MS, forgetMs: 60 * MINUTE_MS };
/** Of one login from everywhere: shorter, as it locks its owner out, too. Passkeys are not affected. */
const LOGIN: Backoff = { free: 50, firstMs: 1_000, mostMs: 2 * MINUTE_MS, forgetMs: 60 * MINUTE_MS };
/** Of one network that guesses the codes of devices. */
const USER_CODE: Backoff = { free: 10, firstMs: 2_000, mostMs: 15 * MINUTE_MS, forgetMs: 60 * MINUTE_MS };

export type SignInOutcome =
  | { outcome: 'signed_in'; account: Account }
  /** The password is right, and a code is asked for: {@link SignIn.byCode} goes on. */
  | { outcome: 'needs_code'; account: Account }
  /** Wrong password, unknown login or closed account: nobody learns which. */
  | { outcome: 'refused' }
  | { outcome: 'locked'; retryMs: number };

export type CodeOutcome =
  | { outcome: 'signed_in'; account: Account; by: 'otp' | 'recovery' }
  | Exclude<FactorOutcome, { outcome: 'right' }>;

export interface SignIn {
  /** @throws UnavailableError when too many sign in at once. */
  byPassword(request: { login: string; password: string; address: string }): Promise<SignInOutcome>;
  /** The second step of an account that has an authenticator; the caller knows that the first was made. */
  byCode(request: { accountId: string; code: string; address: string }): Promise<CodeOutcome>;
  /** Whether someone who is signed in knows the password they have; right, too, for an account without one. */
  presentPassword(request: {
    accountId: string;
    password: string;
    address: string;
  }): Promise<{ outcome: 'right' } | { outcome: 'wrong' } | { outcome: 'locked'; retryMs: number }>;
  /** Counts a guess of a device's code, until {@link SignIn.codeFound}. Gives how long it has to wait, in milliseconds. */
  codeGuessed(address: string): Promise<number>;
  codeFound(address: string): Promise<void>;
}

export function createSignIn(deps: {
  accounts: Accounts;
  credentials: Credentials;
  passwords: Passwords;
  failures: Failures;
  secondFactor: Pick<SecondFactor, 'isAsked' | 'check'>;
  audit: AuditLog;
  clock?: () => number;
}): SignIn {
  const { accounts, credentials, passwords, failures, secondFactor, audit, clock = Date.now } = deps;
  return {
    async byPassword({ login, password, address }) {
      const at = clock();
      const network = networkOf(address);
      const key = digest(loginKey(login.slice(0, 1_000)));
      const [networkKey, pairKey, anyKey] = [`network ${network}`, `login ${key} ${network}`, `login ${key}`];
      for (const [counted, backoff] of [
        [networkKey, NETWORK],
        [pairKey, PAIR],
        [anyKey, LOGIN],
      ] as const) {
        const attempt = await failures.attempt(counted, backoff, at);
        if (attempt.outcome === 'locked') return attempt;
      }
      // What follows takes the same time for everyone: the questions are asked, and the password is hashed, in any case.
      const account = await accounts.findByLogin(login.slice(0, 1_000));
      const hash = await credentials.passwordHash(account?.id ?? '');
      const isRight = await passwords.matches(hash, password);
      if (!isRight || !account || account.state === 'closed') {
        await audit.record({
          at: new Date(at),
          action: 'sign_in_failed',
          accountId: account?.id ?? null,
          address,
          details: { by: 'password' },
        });
        return { outcome: 'refused' };
      }
      await Promise.all([failures.forget(pairKey), failures.forget(anyKey), failures.discount(networkKey)]);
      if (await secondFactor.isAsked(account.id)) return { outcome: 'needs_code', account };
      await audit.record({
        at: new Date(at),
        action: 'signed_in',
        accountId: account.id,
        address,
        details: { by: 'password' },
      });
      return { outcome: 'signed_in', account };
    },
    async byCode({ accountId, code, address }) {
      const checked = await secondFactor.check({ accountId, code, address });
      if (checked.outcome !== 'right') return checked;
      const account = await accounts.find(accountId);
      if (!account || account.state === 'closed') return { outcome: 'wrong' };
      const details = { by: `password and ${checked.by === 'otp' ? 'code' : 'recovery code'}` };
      await audit.record({ at: new Date(clock()), action: 'signed_in', accountId, address, details });
      return { outcome: 'signed_in', account, by: checked.by };
    },
    async presentPassword({ accountId, password, address }) {
      const hash = await credentials.passwordHash(accountId);
      if (hash === null) return { outcome: 'right' };
      const key = `present ${accountId}`;
      const attempt = await failures.attempt(key, PAIR, clock());
      if (attempt.outcome === 'locked') return attempt;
      if (await passwords.matches(hash, password)) {
        await failures.forget(key);
        return { outcome: 'right' };
      }
      const details = { by: 'present password' };
      await audit.record({ at: new Date(clock()), action: 'sign_in_failed', accountId, address, details });
      return { outcome: 'wrong' };
    },
    async codeGuessed(address) {
      const attempt = await failures.attempt(`code ${networkOf(address)}`, USER_CODE, clock());
      return attempt.outcome === 'locked' ? attempt.retryMs : 0;
    },
    codeFound: (address) => failures.discount(`code ${networkOf(address)}`),
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
