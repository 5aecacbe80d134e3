import { randomBytes } from 'node:crypto';
import type { RotatedKey, RotatedKeys } from '@giggityflix/kernel';
import type { JWK } from 'jose';

/** Tokens are signed with `signing` keys (ES256), cookies with `cookie` keys; the one of `factors` encrypts, and stays. */
export type KeyPurpose = 'signing' | 'cookie' | 'factors';

export interface ProviderKey extends RotatedKey {
  kid: string;
  /** With its private part. */
  jwk: JWK;
}

export type KeySet = RotatedKeys<ProviderKey>;

/** Where keys are kept, so that every process signs with the same and a restart loses none. */
export interface KeyStore {
  /**
   * The current keys, made or rotated as `planRotation` says. Many processes may call it at once; all get the same keys.
   */
  current(purpose: KeyPurpose): Promise<KeySet>;
}

export async function newKey(purpose: KeyPurpose, now: number): Promise<ProviderKey> {
  const { calculateJwkThumbprint, exportJWK, generateKeyPair } = await import('jose');
  if (purpose !== 'signing') {
    const jwk: JWK = { kty: 'oct', k: randomBytes(32).toString('base64url') };
    return { kid: await calculateJwkThumbprint(jwk), jwk, createdAt: now };
  }
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, jwk: { ...jwk, kid, alg: 'ES256', use: 'sig' }, createdAt: now };
}
