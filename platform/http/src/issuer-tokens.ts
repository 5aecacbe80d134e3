import { readFileSync } from 'node:fs';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { z } from 'zod';

/** How far clocks of issuer and service may be apart, in seconds. */
export const CLOCK_TOLERANCE_S = 5;

/** An id of a library, as operators make them. */
const libraryId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected 1 to 63 lowercase letters, digits or "-"');

/** Scopes as RFC 9068 has them, separated by spaces, or as a list. */
const scopes = z
  .union([z.string().transform((text) => text.split(' ').filter(Boolean)), z.array(z.string())])
  .default([])
  // Issuers may use these for something else, which grants nothing.
  .catch([]);

const claims = z.object({
  sub: z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, 'expected 1 to 200 printable ASCII characters without spaces'),
  exp: z.number(),
  // Issuers other than ours may use these two for something else: what does not fit is no reason to refuse the token.
  iat: z.number().optional().catch(undefined),
  device_id: z.string().min(1).max(200).optional().catch(undefined),
  roles: z.array(z.string()).default(['viewer']),
  iat_ms: z.int().min(0).optional(),
  profile_id: z.guid().optional(),
  libraries: z.array(libraryId).max(100).optional(),
  rating_limit: z.int().min(0).max(21).optional(),
  scope: scopes,
  scp: scopes,
});

/** What the issuer says in a token; `exp` and `iat` are in seconds since 1970. */
export type Claims = z.output<typeof claims>;

/** A verified token's claims, or why it is not valid, in words for the log. */
export type TokenCheck = { ok: true; claims: Claims } | { ok: false; reason: string };

export interface IssuerTokens {
  /** @throws Error when the issuer's keys cannot be read. */
  check(token: string): Promise<TokenCheck>;
}

/** Verifies the JWTs of the issuer whose public keys are at `jwksUrl`. */
export function createIssuerTokens(config: {
  jwksUrl: string;
  issuer: string;
  audience: string;
}): IssuerTokens {
  const keys = lazyKeys(config.jwksUrl);
  return {
    async check(token) {
      let payload: JWTPayload;
      try {
        ({ payload } = await jwtVerify(token, keys(), {
          issuer: config.issuer,
          audience: config.audience,
          algorithms: ['EdDSA', 'ES256', 'RS256', 'PS256'],
          requiredClaims: ['sub', 'exp'],
          clockTolerance: CLOCK_TOLERANCE_S,
        }));
      } catch (error) {
        if (!isAboutToken(error)) throw new Error('the keys of the issuer cannot be read', { cause: error });
        return { ok: false, reason: (error as Error).message };
      }
      const parsed = claims.safeParse(payload);
      if (parsed.success) return { ok: true, claims: parsed.data };
      const problems = parsed.error.issues.map(({ path, message }) => `claim ${path.join('.')}: ${message}`);
      return { ok: false, reason: problems.join('; ') };
    },
  };
}

/** False for failures to get the keys: a client must not be asked to sign in again because of those. */
function isAboutToken(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return false;
  return !(error instanceof errors.JWKSTimeout) && error.code !== 'ERR_JOSE_GENERIC';
}

/** Reads the key set when it is first needed, so that the issuer may start after its users. */
function lazyKeys(jwksUrl: string): () => JWTVerifyGetKey {
  let keys: JWTVerifyGetKey | undefined;
  return () => {
    const url = new URL(jwksUrl);
    keys ??=
      url.protocol === 'file:'
        ? createLocalJWKSet(JSON.parse(readFileSync(url, 'utf8')))
        : createRemoteJWKSet(url, { timeoutDuration: 3_000 });
    return keys;
  };
}
