import { createPublicKey, type KeyObject, randomUUID } from 'node:crypto';
import { derivePeerId, rawPublicKey } from '@giggityflix/proto/registration';
import { SignJWT } from 'jose';

/** Distinguishes these tokens from those of an issuer, so that neither is accepted for the other (RFC 8725, section 3.11). */
export const PEER_TOKEN_TYPE = 'peer+jwt';
/** Their audience: they are valid nowhere else. */
export const PEER_TOKEN_AUDIENCE = 'matchmaker';
/** How long one is valid: short, as it cannot be revoked. */
export const PEER_TOKEN_SECONDS = 600;
/** The part of its lifetime after which a token is replaced. */
const RENEW_AFTER = 0.75;

/** The id that belongs to a peer's Ed25519 key. */
export function peerIdOf(privateKey: KeyObject): string {
  return derivePeerId(rawPublicKey(privateKey));
}

/**
 * Tokens that a peer signs itself. As its id is derived from its key, the token proves by itself whose id it is: a JWT
 * of the id (`iss` and `sub`) with the public key in its header (`jwk`, RFC 7515, section 4.1.3). Valid for ids derived from
 * keys; a custom id needs a token of the platform's issuer.
 *
 * The returned function returns the same token while that is valid, for the server to recognize; `refused` says that the last one was
 * not taken, as when the peer's address has changed since.
 */
export function createPeerToken(
  privateKey: KeyObject,
  deps: { now?: () => number } = {},
): (refused: boolean) => Promise<string> {
  const now = deps.now ?? Date.now;
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' });
  const peerId = peerIdOf(privateKey);
  let token = '';
  let renewAt = 0;
  return async (refused) => {
    if (!refused && now() < renewAt) return token;
    const seconds = Math.floor(now() / 1_000);
    token = await new SignJWT({})
      .setProtectedHeader({ alg: 'EdDSA', typ: PEER_TOKEN_TYPE, jwk })
      .setIssuer(peerId)
      .setSubject(peerId)
      .setAudience(PEER_TOKEN_AUDIENCE)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + PEER_TOKEN_SECONDS)
      .setJti(randomUUID())
      .sign(privateKey);
    renewAt = now() + PEER_TOKEN_SECONDS * 1_000 * RENEW_AFTER;
    return token;
  };
}
