import { randomBytes } from 'node:crypto';
import type { JWK } from 'jose';

/** Tokens are signed with `signing` keys (ES256), cookies with `cookie` keys. */
export type KeyPurpose = 'signing' | 'cookie';

export interface ProviderKey {
  kid: string;
  /** With its private part. */
  jwk: JWK;
  /** Milliseconds since 1970. */
  createdAt: number;
}

export interface KeySet {
  /** The key that signs now. */
  signer: ProviderKey;
  /** Every key whose signatures may still be valid, and the one that signs next. */
  all: readonly ProviderKey[];
}

/** Where keys are kept, so that every process signs with the same and a restart loses none. */
export interface KeyStore {
  /**
   * The current keys, made or rotated as {@link planRotation} says. Many processes may call it at once; all get the same keys.
   */
  current(purpose: KeyPurpose): Promise<KeySet>;
}

/** Times are in milliseconds. */
export interface RotationPolicy {
  /** How long a key signs. */
  periodMs: number;
  /** How long a key is published before it signs, so that verifiers that cache the set have it. */
  leadMs: number;
  /** How long a key stays published after its last signature: the longest life of what it signed. */
  overlapMs: number;
}

export async function newKey(purpose: KeyPurpose, now: number): Promise<ProviderKey> {
  const { calculateJwkThumbprint, exportJWK, generateKeyPair } = await import('jose');
  if (purpose === 'cookie') {
    const jwk: JWK = { kty: 'oct', k: randomBytes(32).toString('base64url') };
    return { kid: await calculateJwkThumbprint(jwk), jwk, createdAt: now };
  }
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, jwk: { ...jwk, kid, alg: 'ES256', use: 'sig' }, createdAt: now };
}

/** What is to be done with some keys at `now`: which to keep, whether to make one, and which signs. */
export function planRotation(keys: readonly ProviderKey[], now: number, policy: RotationPolicy) {
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
