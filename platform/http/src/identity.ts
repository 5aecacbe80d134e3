import { bearerTokenProblem, EnvironmentError, list, secret } from '@giggityflix/kernel';
import { z } from 'zod';
import type { Claims, IssuerTokens } from './issuer-tokens.ts';
import type { Revocations } from './revocations.ts';
import { bearerOf, createServiceTokens } from './service-tokens.ts';
import { createVerifiedTokens, type VerifiedTokens } from './verified-tokens.ts';

/** `service` is for backends of the platform; an operator may do all a viewer may. */
export const ROLES = ['viewer', 'operator', 'service'] as const;
export type Role = (typeof ROLES)[number];

/** Who makes a request. */
export interface Identity {
  userId: string;
  roles: readonly Role[];
  /** When the credentials end, in milliseconds since 1970; null when they do not. */
  expiresAt: number | null;
  /** When the credentials were given out, in milliseconds since 1970; null when that is not known. */
  issuedAt: number | null;
  /** The sign-in the credentials belong to, where the issuer distinguishes them. */
  deviceId: string | null;
  /** The profile chosen on that device. Who has one uses no other. */
  profileId: string | null;
  limits: AccessLimits;
  /** What the credentials are for (OAuth scopes); `any` does not restrict them. */
  scopes: readonly string[] | 'any';
}

/** What someone may see and watch of the catalog; null does not limit. */
export interface AccessLimits {
  /** Ids of libraries. */
  readonly libraries: readonly string[] | null;
  /** An age: titles that are for older people, or whose rating is unknown, are hidden. */
  readonly ratingLimit: number | null;
}

export const NOT_LIMITED: AccessLimits = { libraries: null, ratingLimit: null };

/** Whether someone may not see all of the catalog. */
export function isLimited(limits: AccessLimits): boolean {
  return limits.libraries !== null || limits.ratingLimit !== null;
}

/** What is not known of credentials other than an issuer's tokens. They are not limited. */
const NO_CLAIMS = { issuedAt: null, deviceId: null, profileId: null, limits: NOT_LIMITED } as const;

/** The visitor of an installation that runs on one's own machine. */
export const DEMO_IDENTITY: Identity = {
  userId: 'demo',
  roles: ['viewer', 'operator', 'service'],
  expiresAt: null,
  scopes: 'any',
  ...NO_CLAIMS,
};

const SERVICE_IDENTITY: Identity = {
  userId: 'service',
  roles: ['service'],
  expiresAt: null,
  scopes: [],
  ...NO_CLAIMS,
};

/** Credentials that were given but are not valid; `reason` is for the log, never for the client. */
export class AuthenticationError extends Error {
  override readonly name = 'AuthenticationError';
}

export const authVariables = {
  NODE_ENV: z.string().default('development').meta({ description: '`production` refuses unsafe settings' }),
  AUTH_MODE: z.enum(['jwt', 'demo']).default('jwt').meta({
    description:
      'demo signs every visitor without credentials in as the demo user with the operator role; refused in production',
  }),
  AUTH_JWKS_URL: z
    .url()
    .default('http://localhost:8081/.well-known/jwks.json')
    .meta({ description: 'Keys that clients’ tokens are verified with; an https:, http: or file: URL' }),
  AUTH_ISSUER: z.string().default('giggityflix').meta({ description: 'Required `iss` of clients’ tokens' }),
  AUTH_AUDIENCE: z.string().default('giggityflix').meta({ description: 'Required `aud` of clients’ tokens' }),
  SERVICE_TOKENS: secret(
    list('').meta({ description: 'Bearer tokens that backends of the platform present, comma-separated' }),
  ),
};

/** A token of {@link authVariables.SERVICE_TOKENS} that this process presents to others; `description` says to whom. */
export const serviceTokenVariable = (description: string) =>
  secret(z.string().optional().meta({ description }));

export interface AuthConfig {
  mode: 'jwt' | 'demo';
  jwksUrl: string;
  issuer: string;
  audience: string;
  serviceTokens: readonly string[];
  /** Whether this is no trial on a machine of one's own. */
  production: boolean;
}

type AuthEnvironment = z.output<z.ZodObject<typeof authVariables>>;

/** What of {@link authVariables} production refuses. */
export function authProblems(
  env: Pick<AuthEnvironment, 'NODE_ENV' | 'AUTH_MODE' | 'SERVICE_TOKENS'>,
): string[] {
  if (env.NODE_ENV !== 'production') return [];
  const problems: string[] = [];
  if (env.AUTH_MODE === 'demo') problems.push('AUTH_MODE is demo, which lets everyone in: set it to jwt');
  const weakness = env.SERVICE_TOKENS.map(bearerTokenProblem).find((problem) => problem !== null);
  if (weakness) problems.push(`SERVICE_TOKENS ${weakness}`);
  return problems;
}

/**
 * Turns parsed {@link authVariables} into one nested object.
 * @throws EnvironmentError for what production refuses.
 */
export function authConfig(env: AuthEnvironment): AuthConfig {
  const problems = authProblems(env);
  if (problems.length > 0) throw new EnvironmentError(problems);
  return {
    mode: env.AUTH_MODE,
    jwksUrl: env.AUTH_JWKS_URL,
    issuer: env.AUTH_ISSUER,
    audience: env.AUTH_AUDIENCE,
    serviceTokens: env.SERVICE_TOKENS,
    production: env.NODE_ENV === 'production',
  };
}

export interface Authenticator {
  /**
   * Finds out whose an `Authorization` header is; null for a visitor without one.
   * @throws AuthenticationError when the header is present but not valid.
   * @throws Error when the issuer's keys cannot be read.
   */
  authenticate(authorization: string | undefined): Promise<Identity | null>;
}

/** Longest `Authorization` header that is looked at, in characters. */
const MAX_HEADER_LENGTH = 8_192;
/**
 * How long a token that was verified is not verified again, in milliseconds: a client sends the same one with each
 * request, and checking it costs more than most of those. A key that the issuer withdraws is accepted for that much longer.
 */
const REMEMBER_MS = 60_000;
/** Most tokens cached so, about 400 bytes each. */
const MAX_REMEMBERED = 10_000;

/**
 * `verified` keeps the tokens that need no verifying; null for a caller that stores them itself. `revocations` has those that
 * are refused though they have not expired.
 */
export function createAuthenticator(
  config: AuthConfig,
  verified: VerifiedTokens<Identity> | null = createVerifiedTokens({ max: MAX_REMEMBERED }),
  revocations?: Pick<Revocations, 'refuses'>,
): Authenticator {
  const unrevoked = (identity: Identity) => {
    if (revocations?.refuses(identity)) throw new AuthenticationError('the token was taken back');
    return identity;
  };
  let tokens: IssuerTokens | undefined;
  const isServiceToken = createServiceTokens(config.serviceTokens);
  return {
    async authenticate(authorization) {
      if (authorization === undefined || authorization === '')
        return config.mode === 'demo' ? DEMO_IDENTITY : null;
      if (authorization.length > MAX_HEADER_LENGTH)
        throw new AuthenticationError('the authorization header is too long');
      const token = bearerOf(authorization);
      if (!token) throw new AuthenticationError('not a bearer token');
      if (isServiceToken(token)) return SERVICE_IDENTITY;
      const known = verified?.get(token);
      if (known) return unrevoked(known);
      // Loaded with the first token: what reads JWTs takes 2 MB, and most processes never see one.
      const { CLOCK_TOLERANCE_S, createIssuerTokens } = await import('./issuer-tokens.ts');
      tokens ??= createIssuerTokens(config);
      const checked = await tokens.check(token);
      if (!checked.ok) throw new AuthenticationError(checked.reason);
      const identity = identityOf(checked.claims);
      const { exp } = checked.claims;
      const endsMs = (exp + CLOCK_TOLERANCE_S) * 1_000;
      verified?.add(token, identity, Math.min(Date.now() + REMEMBER_MS, endsMs));
      return unrevoked(identity);
    },
  };
}

function identityOf(claims: Claims): Identity {
  const { sub, exp, iat, iat_ms, roles, device_id, profile_id, libraries, rating_limit, scope, scp } = claims;
  return {
    userId: sub,
    roles: ROLES.filter((role) => role !== 'service' && roles.includes(role)),
    expiresAt: exp * 1_000,
    issuedAt: iat_ms ?? (iat === undefined ? null : iat * 1_000),
    deviceId: device_id ?? null,
    profileId: profile_id ?? null,
    limits: { libraries: libraries ?? null, ratingLimit: rating_limit ?? null },
    scopes: [...new Set([...scope, ...scp])],
  };
}

export function hasRole(identity: Identity | null, role: Role): boolean {
  return identity?.roles.includes(role) ?? false;
}
