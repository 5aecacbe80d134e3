import { bearerTokenProblem, EnvironmentError, list, secret } from '@giggityflix/kernel';
import { z } from 'zod';
import type { IssuerTokens } from './issuer-tokens.ts';
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
}

/** The visitor of an installation that runs on one's own machine. */
export const DEMO_IDENTITY: Identity = {
  userId: 'demo',
  roles: ['viewer', 'operator', 'service'],
  expiresAt: null,
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

/** `verified` keeps the tokens that need no verifying; null for a caller that stores them itself. */
export function createAuthenticator(
  config: AuthConfig,
  verified: VerifiedTokens<Identity> | null = createVerifiedTokens({ max: MAX_REMEMBERED }),
): Authenticator {
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
      if (isServiceToken(token)) return { userId: 'service', roles: ['service'], expiresAt: null };
      const known = verified?.get(token);
      if (known) return known;
      // Loaded with the first token: what reads JWTs takes 2 MB, and most processes never see one.
      const { CLOCK_TOLERANCE_S, createIssuerTokens } = await import('./issuer-tokens.ts');
      tokens ??= createIssuerTokens(config);
      const checked = await tokens.check(token);
      if (!checked.ok) throw new AuthenticationError(checked.reason);
      const { sub, exp, roles } = checked.claims;
      const identity: Identity = {
        userId: sub,
        roles: ROLES.filter((role) => role !== 'service' && roles.includes(role)),
        expiresAt: exp * 1_000,
      };
      const endsMs = (exp + CLOCK_TOLERANCE_S) * 1_000;
      verified?.add(token, identity, Math.min(Date.now() + REMEMBER_MS, endsMs));
      return identity;
    },
  };
}

export function hasRole(identity: Identity | null, role: Role): boolean {
  return identity?.roles.includes(role) ?? false;
}
