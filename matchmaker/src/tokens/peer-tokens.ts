import { derivePeerId } from '@giggityflix/proto/registration';
import { decodeProtectedHeader, EmbeddedJWK, jwtVerify } from 'jose';
import { PEER_TOKEN_AUDIENCE, PEER_TOKEN_SECONDS, PEER_TOKEN_TYPE } from '../client/token.ts';

/** How wrong the clock of a peer that signs its own tokens may be, in seconds. */
const CLOCK_TOLERANCE_SECONDS = 60;

/** Whether a token says that its subject signed it. */
export function isOfPeer(token: string): boolean {
  try {
    return decodeProtectedHeader(token).typ === PEER_TOKEN_TYPE;
  } catch {
    return false;
  }
}

/** The peer id that a token proves, and until when, in milliseconds since 1970; null when it proves nothing. */
export async function verifyPeerToken(
  token: string,
  nowMs: number,
): Promise<{ subject: string; untilMs: number } | null> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, EmbeddedJWK, {
      algorithms: ['EdDSA'],
      typ: PEER_TOKEN_TYPE,
      audience: PEER_TOKEN_AUDIENCE,
      requiredClaims: ['iss', 'sub', 'exp', 'iat', 'jti'],
      maxTokenAge: PEER_TOKEN_SECONDS,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(nowMs),
    });
    const peerId = derivePeerId(Buffer.from(protectedHeader.jwk?.x ?? '', 'base64url'));
    if (payload.sub !== peerId || payload.iss !== peerId) return null;
    // Whatever its `exp`, a token is refused when it has become too old.
    const endsAt = Math.min(payload.exp as number, (payload.iat as number) + PEER_TOKEN_SECONDS);
    return { subject: peerId, untilMs: (endsAt + CLOCK_TOLERANCE_SECONDS) * 1_000 };
  } catch {
    // Nothing but the token itself decides here, so any error means an invalid token.
    return null;
  }
}
