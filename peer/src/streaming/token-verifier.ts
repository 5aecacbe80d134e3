import type { JSONWebKeySet, JWTPayload, JWTVerifyGetKey } from 'jose';
import { z } from 'zod';

/** `iss` of playback tokens. */
const ISSUER = 'viewing-service';
/** Difference of clocks that is forgiven, in seconds. */
const CLOCK_TOLERANCE_SECONDS = 30;
/** How long a token of an unknown key waits for a new key set, and how often one is asked for. */
const KEY_SET_WAIT_MS = 5_000;
const KEY_SET_REQUEST_INTERVAL_MS = 5_000;
/**
 * Token ids remembered until their tokens end; an hour of 40 sessions a second. At the limit a new token is refused: to
 * forget one that still holds would let it be used again on another connection.
 */
const MAX_REMEMBERED_TOKENS = 150_000;

const claimsSchema = z.object({
  session_id: z.string(),
  content_id: z.string(),
  jti: z.string().min(1).max(128),
  exp: z.number(),
  /** When it is taken for the first time at the latest; a stream that runs goes on until `exp`. */
  opens_until: z.number().optional(),
});

const jwksSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) });

export type TokenRefusal =
  | 'malformed'
  | 'unknown_key'
  | 'bad_signature'
  | 'expired'
  | 'not_yet_valid'
  | 'bad_claims'
  | 'other_session'
  | 'other_content'
  | 'replayed';

export type TokenVerdict = { ok: true; expiresAtMs: number } | { ok: false; reason: TokenRefusal };

/** What a token must speak for. `connectionId` is the one connection on which its `jti` may be used. */
export interface TokenPurpose {
  sessionId: string;
  catalogId: string;
  connectionId: string;
}

/** Checks playback tokens: EdDSA against the viewing service's keys, HS256 only with a configured secret. */
export interface TokenVerifier {
  verify(token: string, purpose: TokenPurpose): Promise<TokenVerdict>;
  /** A JSON Web Key Set as JSON. @throws Error when it is not one; the keys known before stay. */
  setKeySet(jwks: string): void;
}

export function createTokenVerifier(options: {
  jwtSecret: string | null;
  /** A further secret, for the time in which the other is changed. */
  jwtAcceptedSecret?: string | null;
  /** Asks for the present key set, which {@link TokenVerifier.setKeySet} then gets. */
  requestKeySet: () => void;
  /** Milliseconds since 1970. */
  now?: () => number;
  /** Most token ids remembered at once. */
  maxRemembered?: number;
}): TokenVerifier {
  const now = options.now ?? Date.now;
  const maxRemembered = options.maxRemembered ?? MAX_REMEMBERED_TOKENS;
  const secrets = [options.jwtSecret, options.jwtAcceptedSecret]
    .filter((secret) => secret !== null && secret !== undefined)
    .map((secret) => new TextEncoder().encode(secret));
  let keySet: JSONWebKeySet = { keys: [] };
  /** Finds keys in `keySet`; null until a token needs one. */
  let keys: JWTVerifyGetKey | null = null;
  let requestedAt = Number.NEGATIVE_INFINITY;
  const waitingForKeys = new Set<() => void>();
  const usedOn = new Map<string, { connectionId: string; expiresAtMs: number }>();

  const newKeySet = async () => {
    const arrived = new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        waitingForKeys.delete(done);
        resolve();
      };
      const timer = setTimeout(done, KEY_SET_WAIT_MS);
      waitingForKeys.add(done);
    });
    if (now() - requestedAt >= KEY_SET_REQUEST_INTERVAL_MS) {
      requestedAt = now();
      options.requestKeySet();
    }
    await arrived;
  };

  const check = async (token: string): Promise<JWTPayload> => {
    // Loaded with the first token: it takes 2 MB, and a peer may share for days before someone watches.
    const { createLocalJWKSet, jwtVerify } = await import('jose');
    const common = {
      issuer: ISSUER,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(now()),
      requiredClaims: ['exp', 'jti', 'session_id', 'content_id'],
    };
    if (secrets.length > 0 && headerAlgorithm(token) === 'HS256') {
      const verifyWith = (secret: Uint8Array) =>
        jwtVerify(token, secret, { ...common, algorithms: ['HS256'] });
      const [first, second] = secrets as [Uint8Array, Uint8Array?];
      const { payload } = await verifyWith(first).catch((error) => {
        if (!second || codeOf(error) !== 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED') throw error;
        return verifyWith(second);
      });
      return payload;
    }
    const verify = async () => {
      keys ??= createLocalJWKSet(keySet);
      return (await jwtVerify(token, keys, { ...common, algorithms: ['EdDSA', 'Ed25519'] })).payload;
    };
    try {
      return await verify();
    } catch (error) {
      if (codeOf(error) !== 'ERR_JWKS_NO_MATCHING_KEY') throw error;
      await newKeySet();
      return verify();
    }
  };

  const claim = (jti: string, connectionId: string, expiresAtMs: number): boolean => {
    const used = usedOn.get(jti);
    if (used) return used.connectionId === connectionId;
    if (usedOn.size >= maxRemembered)
      for (const [id, entry] of usedOn) if (entry.expiresAtMs < now()) usedOn.delete(id);
    if (usedOn.size >= maxRemembered) return false;
    usedOn.set(jti, { connectionId, expiresAtMs: expiresAtMs + CLOCK_TOLERANCE_SECONDS * 1_000 });
    return true;
  };

  return {
    async verify(token, purpose) {
      let payload: JWTPayload;
      try {
        payload = await check(token);
      } catch (error) {
        return { ok: false, reason: refusalOf(error) };
      }
      const claims = claimsSchema.safeParse(payload);
      if (!claims.success) return { ok: false, reason: 'bad_claims' };
      const { session_id, content_id, jti, exp, opens_until = exp } = claims.data;
      if (session_id !== purpose.sessionId) return { ok: false, reason: 'other_session' };
      if (content_id !== purpose.catalogId) return { ok: false, reason: 'other_content' };
      const expiresAtMs = exp * 1_000;
      if (!usedOn.has(jti) && (opens_until + CLOCK_TOLERANCE_SECONDS) * 1_000 < now())
        return { ok: false, reason: 'expired' };
      if (!claim(jti, purpose.connectionId, expiresAtMs)) return { ok: false, reason: 'replayed' };
      return { ok: true, expiresAtMs };
    },
    setKeySet(jwks) {
      keySet = jwksSchema.parse(JSON.parse(jwks)) as JSONWebKeySet;
      keys = null;
      for (const wake of [...waitingForKeys]) wake();
    },
  };
}

function headerAlgorithm(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8')).alg;
  } catch {
    return undefined;
  }
}

/** jose's errors are distinguished by their codes, which needs none of its classes. */
function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}

function refusalOf(error: unknown): TokenRefusal {
  switch (codeOf(error)) {
    case 'ERR_JWT_EXPIRED':
      return 'expired';
    case 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED':
      return 'bad_signature';
    case 'ERR_JWKS_NO_MATCHING_KEY':
    case 'ERR_JWKS_MULTIPLE_MATCHING_KEYS':
      return 'unknown_key';
    case 'ERR_JWT_CLAIM_VALIDATION_FAILED':
      return (error as { claim?: string }).claim === 'nbf' ? 'not_yet_valid' : 'bad_claims';
    default:
      return 'malformed';
  }
}
