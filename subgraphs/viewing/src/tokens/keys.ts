import type { RotatedKey, RotatedKeys } from '@giggityflix/kernel';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';

/** A signing key with its private part. */
export interface SigningKey extends RotatedKey {
  kid: string;
  /** Ed25519, RFC 8037. */
  jwk: JWK;
}

export type KeySet = RotatedKeys<SigningKey>;

/** Where signing keys are kept, so that every process signs with the same and a restart loses none. */
export interface KeyStore {
  /**
   * The current keys, made or rotated as `planRotation` says. Many processes may call it at once; all get the same keys.
   */
  current(): Promise<KeySet>;
}

export async function newSigningKey(now: number): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const jwk = await exportJWK(privateKey);
  return { kid: await calculateJwkThumbprint(jwk), jwk, createdAt: now };
}

/** The public half of a key, as it is in the JWK Set. */
export function publicJwk(key: SigningKey): JWK {
  const { kty, crv, x } = key.jwk;
  return { kty, crv, x, kid: key.kid, alg: 'EdDSA', use: 'sig' };
}
