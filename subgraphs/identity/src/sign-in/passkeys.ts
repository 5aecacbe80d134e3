import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { Account } from '../accounts/account.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { AuditLog } from '../audit/audit.ts';
import type { Credentials, Passkey } from '../credentials/credentials.ts';
import type { ProviderRecords } from '../records/records.ts';

/** How long someone may take at the authenticator, in milliseconds. */
const CEREMONY_MS = 5 * 60_000;
const KIND = 'PasskeyChallenge';

/** Who is to be registered; `accountId` is to be that of the account. */
export interface Registrant {
  accountId: string;
  login: string;
  name: string;
}

/**
 * The two ceremonies of WebAuthn. A challenge is stored until it is answered, once, and only for what it was made for:
 * `purpose` names the interaction or the invitation.
 */
export interface Passkeys {
  registrationOptions(
    purpose: string,
    registrant: Registrant,
    /** What the account has already: one authenticator makes one passkey of it. */
    present?: readonly Passkey[],
  ): Promise<object>;
  /** Null when the answer is not that of an authenticator to a challenge for `purpose`. */
  registered(
    purpose: string,
    answer: unknown,
  ): Promise<{
    registrant: Registrant;
    passkey: Omit<Passkey, 'accountId' | 'createdAt' | 'lastUsedAt'>;
  } | null>;
  signInOptions(purpose: string): Promise<object>;
  /** The account whose passkey answered; null when none did, or a closed one's. */
  signedIn(request: { purpose: string; answer: unknown; address: string }): Promise<Account | null>;
}

export function createPasskeys(deps: {
  /** Under which browsers reach this service. */
  issuer: string;
  records: ProviderRecords;
  credentials: Credentials;
  accounts: Accounts;
  audit: AuditLog;
  clock?: () => number;
}): Passkeys {
  const { records, credentials, accounts, audit, clock = Date.now } = deps;
  const { origin, hostname } = new URL(deps.issuer);
  const library = () => import('@simplewebauthn/server');
  const store = (challenge: string, payload: Record<string, unknown>) =>
    records.put({ kind: KIND, id: challenge }, { payload, expiresAt: clock() + CEREMONY_MS });
  /** What was stored with the challenge that was answered; null for a challenge that is none, or was answered before. */
  const answered = async (purpose: string, answer: unknown): Promise<Record<string, unknown> | null> => {
    const challenge = challengeOf(answer);
    if (challenge === null) return null;
    const key = { kind: KIND, id: challenge };
    const record = await records.find(key, clock());
    if (record?.payload.purpose !== purpose) return null;
    return (await records.consume(key, clock())) ? { ...record.payload, challenge } : null;
  };
  return {
    async registrationOptions(purpose, registrant, present = []) {
      const { generateRegistrationOptions } = await library();
      const options = await generateRegistrationOptions({
        rpName: 'Giggityflix',
        rpID: hostname,
        userName: registrant.login,
        userDisplayName: registrant.name,
        userID: new TextEncoder().encode(registrant.accountId),
        timeout: CEREMONY_MS,
        attestationType: 'none',
        excludeCredentials: present.map(({ id }) => ({ id })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      });
      await store(options.challenge, { purpose, registrant });
      return options;
    },
    async registered(purpose, answer) {
      const stored = await answered(purpose, answer);
      if (!stored) return null;
      const { verifyRegistrationResponse } = await library();
      const verified = await verifyRegistrationResponse({
        response: answer as RegistrationResponseJSON,
        expectedChallenge: stored.challenge as string,
        expectedOrigin: origin,
        expectedRPID: hostname,
        requireUserVerification: true,
      }).catch(() => null);
      if (!verified?.verified) return null;
      const { id, publicKey, counter, transports = [] } = verified.registrationInfo.credential;
      return {
        registrant: stored.registrant as Registrant,
        passkey: { id, publicKey, counter, transports, name: 'Passkey' },
      };
    },
    async signInOptions(purpose) {
      const { generateAuthenticationOptions } = await library();
      // No list of credentials: the authenticator knows which it has, and nobody learns who has an account.
      const options = await generateAuthenticationOptions({
        rpID: hostname,
        timeout: CEREMONY_MS,
        userVerification: 'required',
      });
      await store(options.challenge, { purpose });
      return options;
    },
    async signedIn({ purpose, answer, address }) {
      const stored = await answered(purpose, answer);
      if (!stored) return null;
      const passkey = await credentials.findPasskey((answer as AuthenticationResponseJSON).id);
      if (!passkey) return null;
      const at = new Date(clock());
      const refuse = async () => {
        const details = { by: 'passkey' };
        await audit.record({ at, action: 'sign_in_failed', accountId: passkey.accountId, address, details });
        return null;
      };
      const { verifyAuthenticationResponse } = await library();
      const verified = await verifyAuthenticationResponse({
        response: answer as AuthenticationResponseJSON,
        expectedChallenge: stored.challenge as string,
        expectedOrigin: origin,
        expectedRPID: hostname,
        requireUserVerification: true,
        credential: { id: passkey.id, publicKey: passkey.publicKey, counter: passkey.counter },
      }).catch(() => null);
      if (!verified?.verified) return refuse();
      const { newCounter } = verified.authenticationInfo;
      const account = await accounts.find(passkey.accountId);
      if (!account || account.state === 'closed') return refuse();
      if (!(await credentials.usePasskey(passkey.id, newCounter, at))) return refuse();
      const details = { by: 'passkey', passkey: passkey.name };
      await audit.record({ at, action: 'signed_in', accountId: account.id, address, details });
      return account;
    },
  };
}

/** The challenge that an answer says it is to; it is checked with the rest of the answer later. */
function challengeOf(answer: unknown): string | null {
  try {
    const { response } = answer as { response: { clientDataJSON: string } };
    const { challenge } = JSON.parse(Buffer.from(response.clientDataJSON, 'base64url').toString());
    return typeof challenge === 'string' && challenge.length <= 100 ? challenge : null;
  } catch {
    return null;
  }
}
