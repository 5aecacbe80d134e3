import { randomUUID } from 'node:crypto';
import type { Logger } from '@giggityflix/kernel';
import { decodeProtectedHeader, errors, importJWK, type JWK, jwtVerify } from 'jose';
import { z } from 'zod';
import { createCache } from '../resilience/cache.ts';
import type { Session } from '../sessions/session.ts';
import { type KeySet, type KeyStore, publicJwk } from './keys.ts';
import { createJwtSigner } from './sign.ts';

export const TOKEN_ISSUER = 'viewing-service';
/** A token that names an audience must name this one. */
export const TOKEN_AUDIENCE = 'giggityflix-peer';
/** Longest token that is parsed, in characters. */
export const MAX_TOKEN_LENGTH = 8_192;
/** How far clocks of processes may be apart, in seconds. */
const CLOCK_TOLERANCE_S = 5;
/** Most renewed tokens kept to be given again; about 8 MB. */
const MAX_RENEWED = 10_000;
/** How long keys are kept in memory before they are read from the store again, in milliseconds. */
const KEYS_TTL_MS = 30_000;

const id = z.string().min(1).max(200);
const playbackClaims = z.object({
  session_id: id,
  user_id: id,
  profile_id: id,
  content_id: id,
  device_id: id,
  iss: z.literal(TOKEN_ISSUER),
  sub: id,
  iat: z.number(),
  nbf: z.number(),
  exp: z.number(),
  jti: id,
  /** When a peer takes it for the first time at the latest, as a NumericDate. */
  opens_until: z.number().optional(),
});
export type PlaybackClaims = z.infer<typeof playbackClaims>;

/** Why a token is refused. The client receives this word; the log has the details. */
export type TokenRefusal =
  | 'malformed'
  | 'expired'
  | 'not_yet_valid'
  | 'wrong_signature'
  | 'wrong_algorithm'
  | 'unknown_key'
  | 'wrong_issuer'
  | 'wrong_audience'
  | 'missing_claims'
  | 'session_ended';

export type TokenVerdict = { valid: true; claims: PlaybackClaims } | { valid: false; reason: TokenRefusal };

export interface PlaybackTokens {
  issue(session: Session): Promise<string>;
  /** A token that lives minutes, for a stream that runs. */
  renew(session: Session): Promise<string>;
  /** Checks signature, algorithm, times and claims. `graceSeconds` accepts a token that expired recently. */
  verify(token: string, options?: { graceSeconds?: number }): Promise<TokenVerdict>;
  /** The public keys (RFC 7517); empty when tokens are signed with a shared secret. */
  jwks(): Promise<{ keys: JWK[] }>;
}

export type TokenSigning =
  | { algorithm: 'HS256'; secret: string; acceptedSecret?: string | null }
  | { algorithm: 'EdDSA'; keys: KeyStore };

/**
 * Signs and checks playback tokens. The algorithm is this service's choice, never the token's: `none`, and a
 * public key used as an HMAC secret, are refused.
 */
export function createPlaybackTokens(options: {
  signing: TokenSigning;
  lifetimeMs: number;
  /** How long the tokens of {@link PlaybackTokens.renew} live, and any token opens streams. */
  renewalMs?: number;
  logger: Logger;
  clock?: () => number;
}): PlaybackTokens {
  const { signing, logger } = options;
  const clock = options.clock ?? Date.now;
  const secret = signing.algorithm === 'HS256' ? new TextEncoder().encode(signing.secret) : null;
  const accepted =
    signing.algorithm === 'HS256' && signing.acceptedSecret
      ? new TextEncoder().encode(signing.acceptedSecret)
      : null;
  let cached: { set: KeySet; until: number } | null = null;
  const keySet = async (fresh = false): Promise<KeySet> => {
    if (signing.algorithm === 'HS256') throw new Error('there are no published keys');
    if (!fresh && cached && cached.until > Date.now()) return cached.set;
    try {
      cached = { set: await signing.keys.current(), until: Date.now() + KEYS_TTL_MS };
    } catch (error) {
      // Keys that were valid half a minute ago are better than none.
      if (!cached) throw error;
      logger.warn({ err: error }, 'the signing keys could not be read again; using the cached ones');
    }
    return cached.set;
  };
  const imported = new Map<string, Awaited<ReturnType<typeof importJWK>>>();
  const importOnce = async (kid: string, jwk: JWK) => {
    const known = imported.get(kid);
    if (known) return known;
    const key = await importJWK(jwk, 'EdDSA');
    if (imported.size > 100) imported.clear();
    imported.set(kid, key);
    return key;
  };
  const verificationKey = async (kid: string | undefined) => {
    if (secret) return secret;
    let key = (await keySet()).all.find((candidate) => candidate.kid === kid);
    // Another process may have just made the key; an invented id causes a read at most once a second.
    if (!key && kid && lastLook + 1_000 < Date.now()) {
      lastLook = Date.now();
      key = (await keySet(true)).all.find((candidate) => candidate.kid === kid);
    }
    if (!key) throw new UnknownKeyError(`no key has the id ${JSON.stringify(kid)?.slice(0, 80)}`);
    return importOnce(key.kid, publicJwk(key));
  };
  let sign: { kid: string | null; claims: (claims: object) => string } | null = null;
  const currentSigner = async () => {
    if (signing.algorithm === 'HS256') sign ??= { kid: null, claims: createJwtSigner(signing) };
    else {
      const { signer } = await keySet();
      if (sign?.kid !== signer.kid)
        sign = { kid: signer.kid, claims: createJwtSigner({ algorithm: 'EdDSA', key: signer }) };
    }
    return sign.claims;
  };
  let lastLook = 0;

  const check = async (token: string, graceSeconds: number): Promise<PlaybackClaims> => {
    if (token.length > MAX_TOKEN_LENGTH) throw new errors.JWTInvalid('the token is too long');
    const header = decodeProtectedHeader(token);
    if (header.alg !== signing.algorithm)
      throw new errors.JOSEAlgNotAllowed(`the algorithm is ${JSON.stringify(header.alg)?.slice(0, 40)}`);
    const required = {
      algorithms: [signing.algorithm],
      issuer: TOKEN_ISSUER,
      clockTolerance: CLOCK_TOLERANCE_S + graceSeconds,
      currentDate: new Date(clock()),
    };
    const key = await verificationKey(header.kid);
    const { payload } = await jwtVerify(token, key, required).catch((error) => {
      if (!accepted || !(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
      return jwtVerify(token, accepted, required);
    });
    // The grace is for tokens that have expired, not for those that are not valid yet.
    if (typeof payload.nbf === 'number' && payload.nbf > clock() / 1_000 + CLOCK_TOLERANCE_S)
      throw new errors.JWTClaimValidationFailed('not valid yet', payload, 'nbf', 'check_failed');
    if (payload.aud !== undefined && ![payload.aud].flat().includes(TOKEN_AUDIENCE))
      throw new errors.JWTClaimValidationFailed(
        'unexpected "aud" claim value',
        payload,
        'aud',
        'check_failed',
      );
    const claims = playbackClaims.safeParse(payload);
    if (!claims.success)
      throw new errors.JWTClaimValidationFailed(
        z.prettifyError(claims.error),
        payload,
        'unspecified',
        'missing',
      );
    return claims.data;
  };

  const { lifetimeMs, renewalMs = lifetimeMs } = options;
  /** Given again until half of their life is over: a signature for each heartbeat would cost a third more than the rest of it. */
  const renewed = createCache<string>({ maxEntries: MAX_RENEWED, ttlMs: () => renewalMs / 2, clock });
  const issueFor = async (session: Session, livesMs: number): Promise<string> => {
    const now = Math.floor(clock() / 1_000);
    const signer = await currentSigner();
    return signer({
      session_id: session.id,
      user_id: session.userId,
      profile_id: session.profileId,
      content_id: session.catalogId,
      device_id: session.deviceId,
      iss: TOKEN_ISSUER,
      sub: session.userId,
      iat: now,
      nbf: now,
      exp: now + Math.floor(livesMs / 1_000),
      opens_until: now + Math.floor(renewalMs / 1_000),
      jti: randomUUID(),
    } satisfies PlaybackClaims);
  };

  return {
    issue: (session) => issueFor(session, lifetimeMs),
    renew: (session) => renewed.get(session.id, () => issueFor(session, renewalMs)),
    async verify(token, { graceSeconds = 0 } = {}) {
      try {
        return { valid: true, claims: await check(token, graceSeconds) };
      } catch (error) {
        const reason = refusalOf(error);
        if (reason === null) throw error;
        logger.info({ reason, detail: (error as Error).message }, 'refused a playback token');
        return { valid: false, reason };
      }
    },
    async jwks() {
      return { keys: secret ? [] : (await keySet()).all.map(publicJwk) };
    },
  };
}

class UnknownKeyError extends Error {}

const BY_CLAIM: Readonly<Record<string, TokenRefusal>> = {
  iss: 'wrong_issuer',
  aud: 'wrong_audience',
  nbf: 'not_yet_valid',
};

/** Null for a failure that is not the token's fault. */
function refusalOf(error: unknown): TokenRefusal | null {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) return BY_CLAIM[error.claim] ?? 'missing_claims';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'wrong_signature';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'wrong_algorithm';
  if (error instanceof UnknownKeyError) return 'unknown_key';
  if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof SyntaxError)
    return 'malformed';
  return null;
}
