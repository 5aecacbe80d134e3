import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

/** Someone at the other provider; `sub` is their account there. */
export interface Person {
  sub: string;
  [claim: string]: unknown;
}

/** Another OpenID provider, at which `person` is signed in without a question. */
export async function startUpstream() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'one' };
  let person: Person | null = null;
  return {
    issuer,
    /** Who signs in from now on; null for someone who cancels. */
    become(one: Person | null): void {
      person = one;
    },
    /** Begins to serve, once the redirect address is known. */
    serve(client: { id: string; secret: string; redirectUri: string }): void {
      const provider = new Provider(issuer, {
        clients: [
          { client_id: client.id, client_secret: client.secret, redirect_uris: [client.redirectUri] },
        ],
        jwks: { keys: [jwk] },
        cookies: { keys: ['for tests alone'] },
        scopes: ['openid', 'profile', 'email'],
        claims: {
          openid: ['sub'],
          profile: ['name', 'preferred_username', 'groups'],
          email: ['email', 'email_verified'],
        },
        features: { devInteractions: { enabled: false } },
        interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
        findAccount: (_ctx, sub) => ({ accountId: sub, claims: async () => ({ ...person, sub }) }),
        async loadExistingGrant(ctx) {
          const { client: asking, session, provider: own } = ctx.oidc;
          const grant = new own.Grant({ accountId: session!.accountId!, clientId: asking!.clientId });
          grant.addOIDCScope('openid profile email');
          await grant.save();
          return grant;
        },
      });
      const answer = provider.callback();
      server.on('request', (request, response) => {
        if (!request.url?.startsWith('/interaction/')) return answer(request, response);
        const result = person ? { login: { accountId: person.sub } } : { error: 'access_denied' };
        provider.interactionFinished(request, response, result).catch(() => response.destroy());
      });
    },
    async stop(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
