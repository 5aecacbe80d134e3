import type { Account } from '../accounts/account.ts';
import type { Passkey } from '../credentials/credentials.ts';

export type FirstCredential =
  | { kind: 'password'; hash: string }
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
  | { outcome: 'passkey_taken' }
  /** The invitation is one of the set-up, and there are accounts. */
  | { outcome: 'set_up' };

/** Makes accounts of invitations: either everything is stored and the invitation used, or nothing changes. */
export interface SignUps {
  signUp(request: SignUp, at: Date): Promise<SignUpOutcome>;
}
