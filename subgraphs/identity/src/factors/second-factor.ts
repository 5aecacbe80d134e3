import type { AuditLog } from '../audit/audit.ts';
import type { Backoff, Failures } from '../failures/failures.ts';
import type { ProviderRecords } from '../records/records.ts';
import { checkCode, enrolmentLink, newRecoveryCodes, newSecret, recoveryHash } from './codes.ts';
import type { Factors } from './factors.ts';
import type { Secrets } from './secrets.ts';

const MINUTE_MS = 60_000;
/** Of one account, after its password: a few thousand guesses a year, each with three chances in a million. */
const CODES: Backoff = { free: 5, firstMs: 2_000, mostMs: 15 * MINUTE_MS, forgetMs: 12 * 60 * MINUTE_MS };
/** How long an enrolment may take, in milliseconds. */
const ENROLMENT_MS = 15 * MINUTE_MS;
const KIND = 'AuthenticatorEnrolment';
/** Longest text that is looked at as a code, in characters. */
const MAX_CODE_LENGTH = 64;

export type FactorOutcome =
  | { outcome: 'right'; by: 'otp' | 'recovery'; codesLeft: number }
  | { outcome: 'wrong' }
  /** The code was right and was used before. */
  | { outcome: 'used' }
  /** The clock of the authenticator is behind by so many milliseconds. */
  | { outcome: 'behind'; byMs: number }
  | { outcome: 'locked'; retryMs: number };

export type EnrolmentOutcome =
  | { outcome: 'enrolled'; recoveryCodes: string[] }
  | { outcome: 'wrong' }
  | { outcome: 'other_time'; offMs: number }
  | { outcome: 'locked'; retryMs: number }
  /** It was not begun, or too long ago. */
  | { outcome: 'expired' };

/** Codes of authenticators (RFC 6238), and recovery codes in their place. */
export interface SecondFactor {
  /** Whether a password is not enough for an account. */
  isAsked(accountId: string): Promise<boolean>;
  check(request: { accountId: string; code: string; address: string }): Promise<FactorOutcome>;
  /** Begins an enrolment, or goes on with one; nothing is asked for before it is confirmed. */
  begin(accountId: string, login: string): Promise<{ link: string; text: string }>;
  confirm(request: { accountId: string; code: string; address: string }): Promise<EnrolmentOutcome>;
  remove(request: { accountId: string; address: string }): Promise<boolean>;
  /** Null for an account without an authenticator. */
  renewRecoveryCodes(request: { accountId: string; address: string }): Promise<string[] | null>;
  recoveryCodesLeft(accountId: string): Promise<number>;
}

export function createSecondFactor(deps: {
  factors: Factors;
  secrets: Secrets;
  failures: Failures;
  records: ProviderRecords;
  audit: AuditLog;
  clock?: () => number;
}): SecondFactor {
  const { factors, secrets, failures, records, audit, clock = Date.now } = deps;
  const contextOf = (accountId: string) => `authenticator ${accountId}`;
  const counted = (accountId: string) => failures.attempt(`factor ${accountId}`, CODES, clock());
  const passed = (accountId: string) => failures.forget(`factor ${accountId}`);
  const digitsOf = (code: string) => {
    const digits = code.slice(0, MAX_CODE_LENGTH).normalize('NFKC').replace(/[\s-]/g, '');
    return /^\d{6}$/.test(digits) ? digits : null;
  };
  const hashesOf = (accountId: string, codes: readonly string[]) =>
    codes.map((code) => recoveryHash(accountId, code)!);

  /** What is wrong with a code; null where it was used now. */
  const tryCode = async (
    accountId: string,
    code: string,
  ): Promise<Exclude<FactorOutcome, { outcome: 'locked' }>> => {
    const digits = digitsOf(code);
    if (digits === null) {
      const hash = recoveryHash(accountId, code.slice(0, MAX_CODE_LENGTH));
      const isUsed = hash !== null && (await factors.useRecoveryCode(accountId, hash, new Date(clock())));
      if (!isUsed) return { outcome: 'wrong' };
      return { outcome: 'right', by: 'recovery', codesLeft: await factors.recoveryCodesLeft(accountId) };
    }
    const authenticator = await factors.authenticator(accountId);
    if (!authenticator) return { outcome: 'wrong' };
    const secret = await secrets.open(authenticator.secret, contextOf(accountId));
    const checked = await checkCode(secret, digits, clock());
    if (checked.outcome === 'right') {
      if (!(await factors.useStep(accountId, checked.step))) return { outcome: 'used' };
      return { outcome: 'right', by: 'otp', codesLeft: await factors.recoveryCodesLeft(accountId) };
    }
    // Of a code of the future nothing is said: whoever guessed one would only have to wait for its time.
    if (checked.outcome === 'other_time' && checked.offMs < 0)
      return { outcome: 'behind', byMs: -checked.offMs };
    return { outcome: 'wrong' };
  };

  return {
    isAsked: async (accountId) => (await factors.authenticator(accountId)) !== null,
    async check({ accountId, code, address }) {
      const attempt = await counted(accountId);
      const at = new Date(clock());
      if (attempt.outcome === 'locked') {
        await audit.record({ at, action: 'locked_out', accountId, address, details: { by: 'code' } });
        return attempt;
      }
      const outcome = await tryCode(accountId, code);
      if (outcome.outcome === 'right') {
        await passed(accountId);
        if (outcome.by === 'recovery') {
          const details = { left: outcome.codesLeft };
          await audit.record({ at, action: 'recovery_code_used', accountId, address, details });
        }
      } else {
        const details = { by: 'code', why: outcome.outcome };
        await audit.record({ at, action: 'sign_in_failed', accountId, address, details });
      }
      return outcome;
    },
    async begin(accountId, login) {
      const key = { kind: KIND, id: accountId };
      const begun = await records.find(key, clock());
      const secret = begun
        ? await secrets.open(begun.payload.secret as string, contextOf(accountId))
        : newSecret();
      if (!begun)
        await records.put(key, {
          payload: { secret: await secrets.seal(secret, contextOf(accountId)) },
          expiresAt: clock() + ENROLMENT_MS,
        });
      return enrolmentLink(secret, login);
    },
    async confirm({ accountId, code, address }) {
      const key = { kind: KIND, id: accountId };
      const begun = await records.find(key, clock());
      if (!begun) return { outcome: 'expired' };
      const attempt = await counted(accountId);
      if (attempt.outcome === 'locked') return attempt;
      const sealed = begun.payload.secret as string;
      const secret = await secrets.open(sealed, contextOf(accountId));
      const checked = await checkCode(secret, digitsOf(code) ?? '', clock());
      if (checked.outcome !== 'right') return checked;
      // Of two confirmations at once, one shows its recovery codes.
      if (!(await records.consume(key, clock()))) return { outcome: 'expired' };
      const at = new Date(clock());
      const recoveryCodes = newRecoveryCodes();
      await factors.setAuthenticator(
        { accountId, secret: sealed, lastStep: checked.step, createdAt: at },
        hashesOf(accountId, recoveryCodes),
      );
      await records.remove(key);
      await passed(accountId);
      await audit.record({ at, action: 'authenticator_added', accountId, address, details: {} });
      return { outcome: 'enrolled', recoveryCodes };
    },
    async remove({ accountId, address }) {
      if (!(await factors.removeAuthenticator(accountId))) return false;
      const at = new Date(clock());
      await audit.record({ at, action: 'authenticator_removed', accountId, address, details: {} });
      return true;
    },
    async renewRecoveryCodes({ accountId, address }) {
      if (!(await factors.authenticator(accountId))) return null;
      const at = new Date(clock());
      const codes = newRecoveryCodes();
      await factors.setRecoveryCodes(accountId, hashesOf(accountId, codes), at);
      await audit.record({ at, action: 'recovery_codes_made', accountId, address, details: {} });
      return codes;
    },
    recoveryCodesLeft: (accountId) => factors.recoveryCodesLeft(accountId),
  };
}
