import type { FastifyInstance } from 'fastify';

/** How people sign in who use the viewer: at an OpenID provider, which the page finds by discovery. */
export interface SignInConfig {
  issuer: string;
  clientId: string;
  scope: string;
  /** The API that tokens are asked for (RFC 8707). */
  resource: string | null;
  /** Origins of the provider's endpoints beside that of its issuer. */
  origins: readonly string[];
}

/**
 * Serves where people sign in, for the page, at `/sign-in.json`; `null` where they need not. `people` is there where the graph
 * knows who someone is, with profiles, devices and invitations.
 */
export function registerSignIn(
  app: FastifyInstance,
  config: SignInConfig | null,
  knowsPeople: () => boolean,
): void {
  const signIn = config && {
    issuer: config.issuer,
    clientId: config.clientId,
    scope: config.scope,
    resource: config.resource,
  };
  app.get('/sign-in.json', (_request, reply) =>
    reply
      .header('cache-control', 'no-cache')
      .send({ signIn: signIn && { ...signIn, ...(knowsPeople() && { people: true }) } }),
  );
}

/** What the page has to reach for signing in, as sources of a Content Security Policy. */
export function signInOrigins(config: SignInConfig | null): string[] {
  return config ? [...new Set([new URL(config.issuer).origin, ...config.origins])] : [];
}
