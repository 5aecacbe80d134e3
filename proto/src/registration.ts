import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/** From this version of the peer protocol on, a peer answers `HoldingChallenge`. */
export const HOLDING_VERSION = 2;

/** Versions of the peer protocol this build speaks, newest first. */
export const PROTOCOL_VERSIONS: readonly number[] = [HOLDING_VERSION, 1];

/** Begins every peer id that derives from a key. Ids that begin so belong to their key alone. */
export const DERIVED_PEER_ID_PREFIX = 'gf1';

/** Length of a raw Ed25519 public key (RFC 8032), in bytes. */
export const PUBLIC_KEY_BYTES = 32;

/** Length of the edge's challenge, in bytes. */
export const NONCE_BYTES = 32;

/** How much of the key's SHA-256 an id carries: 160 bits, a second preimage is out of reach. */
const DERIVED_ID_BYTES = 20;
const CONTEXT = 'giggityflix peer registration v1';
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** What a peer signs to prove that the key is its own, on this connection and at this edge. */
export interface RegistrationClaim {
  nonce: Uint8Array;
  edgeId: string;
  peerId: string;
}

/** The bytes under the signature of a `RegistrationRequest`. */
export function registrationBytes(claim: RegistrationClaim): Buffer {
  const separator = Buffer.alloc(1);
  return Buffer.concat([
    Buffer.from(CONTEXT),
    separator,
    claim.nonce,
    separator,
    Buffer.from(claim.edgeId),
    separator,
    Buffer.from(claim.peerId),
  ]);
}

/** The Ed25519 signature of a registration. */
export function signRegistration(privateKey: KeyObject, claim: RegistrationClaim): Buffer {
  return sign(null, registrationBytes(claim), privateKey);
}

/** Whether `signature` is that of the raw `publicKey` over the claim; false for anything malformed. */
export function verifyRegistration(
  publicKey: Uint8Array,
  signature: Uint8Array,
  claim: RegistrationClaim,
): boolean {
  if (publicKey.byteLength !== PUBLIC_KEY_BYTES || signature.byteLength !== 64) return false;
  try {
    return verify(null, registrationBytes(claim), publicKeyObject(publicKey), signature);
  } catch {
    return false;
  }
}

/** The peer id of a raw Ed25519 public key: `gf1` and the base32 of the first 20 bytes of its SHA-256. */
export function derivePeerId(publicKey: Uint8Array): string {
  const digest = createHash('sha256').update(publicKey).digest().subarray(0, DERIVED_ID_BYTES);
  return DERIVED_PEER_ID_PREFIX + base32(digest);
}

/** The 32 raw bytes of an Ed25519 key, given as its private or public half. */
export function rawPublicKey(key: KeyObject): Buffer {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const { crv, x } = publicKey.export({ format: 'jwk' });
  if (crv !== 'Ed25519' || !x) throw new Error('the key is not an Ed25519 key');
  return Buffer.from(x, 'base64url');
}

function publicKeyObject(raw: Uint8Array): KeyObject {
  const x = Buffer.from(raw).toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

/** RFC 4648 base32, lowercase, without padding; `bytes` is a multiple of 5 long. */
function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(held >> bits) & 31];
    }
  }
  return text;
}
