import { createPrivateKey } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import type { KeyStore, SigningKey } from './keys.ts';

/**
 * Keys handed in by the operator: one or more Ed25519 private keys in PEM (PKCS #8). The first signs; the others are published,
 * so that keys are rotated by putting a new one after the old, then before it, then alone.
 *
 * @throws Error for anything that is not an Ed25519 private key.
 */
export function createFixedKeyStore(pem: string): KeyStore {
  const blocks = pem.replaceAll('\\n', '\n').match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/g) ?? [];
  if (blocks.length === 0) throw new Error('PLAYBACK_SIGNING_KEY holds no PEM block');
  const jwks = blocks.map((block) => {
    const key = createPrivateKey(block);
    if (key.asymmetricKeyType !== 'ed25519')
      throw new Error(`PLAYBACK_SIGNING_KEY must hold Ed25519 keys, not ${key.asymmetricKeyType}`);
    return key.export({ format: 'jwk' }) as JWK;
  });
  return {
    async current() {
      const all = await Promise.all(
        jwks.map(
          async (jwk): Promise<SigningKey> => ({ kid: await calculateJwkThumbprint(jwk), jwk, createdAt: 0 }),
        ),
      );
      return { signer: all[0]!, all };
    },
  };
}
