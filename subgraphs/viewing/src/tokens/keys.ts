import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';

/** A signing key with its private part. */
export interface SigningKey {
  kid: string;
  /** Ed25519, RFC 8037. */
  jwk: JWK;
  /** Milliseconds since 1970. */
  createdAt: number;
}

export interface KeySet {
  /** The key that signs now. */
  signer: SigningKey;
  /** Every key whose tokens may still be valid, and the one that signs next. */
  all: readonly SigningKey[];
}

/** Where signing keys are kept, so that every process signs with the same and a restart loses none. */
export interface KeyStore {
  /**
   * The current keys, made or rotated as {@link planRotation} says. Many processes may call it at once; all get the same keys.
   */
  current(): Promise<KeySet>;
}

export interface RotationPolicy {
  /** How long a key signs, in milliseconds. */
  periodMs: number;
  /** How long a key is published before it signs, so that verifiers that cache the set have it, in milliseconds. */
  leadMs: number;
  /** How long a key stays published after its last signature: the longest life of a token, in milliseconds. */
  overlapMs: number;
}

export async function newSigningKey(now: number): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const jwk = await exportJWK(privateKey);
  return { kid: await calculateJwkThumbprint(jwk), jwk, createdAt: now };
}

/** What is to be done with some keys at `now`: which to keep, whether to make one, and which signs. */
export function planRotation(keys: readonly SigningKey[], now: number, policy: RotationPolicy) {
  const byAge = [...keys].sort((a, b) => a.createdAt - b.createdAt);
  // The first key of all signs at once; the others once they have been published for a while.
  const signsFrom = (index: number) => byAge[index]!.createdAt + (index === 0 ? 0 : policy.leadMs);
  let signing = 0;
  for (let index = 1; index < byAge.length; index += 1) if (signsFrom(index) <= now) signing = index;
  const keep = byAge.filter((_, index) => index >= signing || signsFrom(index + 1) + policy.overlapMs > now);
  const newest = byAge.at(-1);
  const needsNew =
    newest === undefined ||
    now >= newest.createdAt + Math.max(policy.periodMs, 2 * policy.leadMs) - policy.leadMs;
  return { keep, needsNew, signer: byAge[signing] ?? null };
}

/** The public half of a key, as it is in the JWK Set. */
export function publicJwk(key: SigningKey): JWK {
  const { kty, crv, x } = key.jwk;
  return { kty, crv, x, kid: key.kid, alg: 'EdDSA', use: 'sig' };
}
