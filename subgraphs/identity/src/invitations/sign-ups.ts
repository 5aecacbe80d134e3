import type { Account } from '../accounts/account.ts';
import type { Passkey } from '../credentials/credentials.ts';
import type { UpstreamLink } from '../credentials/upstream-links.ts';

export type FirstCredential =
  | { kind: 'password'; hash: string }
  | { kind: 'upstream'; link: Pick<UpstreamLink, 'issuer' | 'subject' | 'name'> }
  | { kind: 'passkey'; passkey: Pick<Passkey, 'id' | 'publicKey' | 'counter' | 'transports' | 'name'> };

export interface SignUp {
  /** Of the invitation's link. */
  secret: string;
  accountId: string;
  login: string;
  name: string;
  credential: FirstCredential;
}

export type SignUpOutcome =
  | { outcome: 'signed_up'; account: Account }
  /** The invitation is none, or not open any more. */
  | { outcome: 'unknown' | 'used' | 'expired' | 'revoked' }
  /** Someone has such a login. */
  | { outcome: 'login_taken' }
  /** Someone's login looks the same, in other letters. */
  | { outcome: 'login_alike' }
  | { outcome: 'passkey_taken' }
  | { outcome: 'upstream_taken' }
  /** The invitation is one of the set-up, and there are accounts. */
  | { outcome: 'set_up' };

/** Makes accounts of invitations: either everything is stored and the invitation used, or nothing changes. */
export interface SignUps {
  signUp(request: SignUp, at: Date): Promise<SignUpOutcome>;
}
