import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  derivePeerId,
  rawPublicKey,
  registrationBytes,
  signRegistration,
  verifyRegistration,
} from './registration.ts';

/** RFC 8032, section 7.1, test 1. */
const RFC8032_KEY = createPrivateKey({
  key: {
    kty: 'OKP',
    crv: 'Ed25519',
    d: Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex').toString(
      'base64url',
    ),
    x: Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex').toString(
      'base64url',
    ),
  },
  format: 'jwk',
});

const claim = { nonce: Buffer.alloc(32, 7), edgeId: 'edge-1', peerId: 'living-room' };

describe('a registration proof', () => {
  it('covers context, nonce, edge and peer, divided by zero bytes', () => {
    expect(
      registrationBytes({ nonce: Buffer.from([1, 2]), edgeId: 'e', peerId: 'p' }).toString('latin1'),
    ).toBe('giggityflix peer registration v1\0\u0001\u0002\0e\0p');
  });

  it('holds for its own claim and for no other', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const publicKey = rawPublicKey(privateKey);
    const signature = signRegistration(privateKey, claim);
    expect(verifyRegistration(publicKey, signature, claim)).toBe(true);
    expect(verifyRegistration(publicKey, signature, { ...claim, peerId: 'other' })).toBe(false);
    expect(verifyRegistration(publicKey, signature, { ...claim, edgeId: 'edge-2' })).toBe(false);
    expect(verifyRegistration(publicKey, signature, { ...claim, nonce: Buffer.alloc(32) })).toBe(false);
    expect(verifyRegistration(rawPublicKey(RFC8032_KEY), signature, claim)).toBe(false);
  });

  it('is refused when key or signature have the wrong length', () => {
    expect(verifyRegistration(Buffer.alloc(31), Buffer.alloc(64), claim)).toBe(false);
    expect(verifyRegistration(Buffer.alloc(32), Buffer.alloc(0), claim)).toBe(false);
  });
});

describe('a derived peer id', () => {
  it('is gf1 and the base32 of the first 20 bytes of the key’s SHA-256', () => {
    // python3: base64.b32encode(hashlib.sha256(public_key).digest()[:20]).lower()
    expect(derivePeerId(rawPublicKey(RFC8032_KEY))).toBe('gf1eh7ddx5bksrgcytl7bkai36se4nxx3kl');
  });
});
