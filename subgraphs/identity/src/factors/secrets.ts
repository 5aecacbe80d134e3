import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { KeyStore } from '../keys/keys.ts';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts what has to be read again. Whoever has a copy of one table alone reads nothing. */
export interface Secrets {
  /** `context` says whose it is, and is asked for again: what was copied to another row does not open. */
  seal(secret: Uint8Array, context: string): Promise<string>;
  /** @throws Error when it was not sealed here for this context. */
  open(sealed: string, context: string): Promise<Buffer>;
}

export function createSecrets(keys: KeyStore): Secrets {
  const keyOf = async () => {
    const { signer } = await keys.current('factors');
    const material = Buffer.from(signer.jwk.k as string, 'base64url');
    return Buffer.from(hkdfSync('sha256', material, '', 'giggityflix authenticator secrets', 32));
  };
  return {
    async seal(secret, context) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(ALGORITHM, await keyOf(), iv).setAAD(Buffer.from(context));
      const text = Buffer.concat([cipher.update(secret), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url');
    },
    async open(sealed, context) {
      const bytes = Buffer.from(sealed, 'base64url');
      const tagEnd = IV_BYTES + TAG_BYTES;
      const decipher = createDecipheriv(ALGORITHM, await keyOf(), bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(Buffer.from(context))
        .setAuthTag(bytes.subarray(IV_BYTES, tagEnd));
      return Buffer.concat([decipher.update(bytes.subarray(tagEnd)), decipher.final()]);
    },
  };
}
