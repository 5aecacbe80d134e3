import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import Provider, { type ClientMetadata } from 'oidc-provider';

/** Whom tokens of {@link startProvider} are for. */
export const AUDIENCE = 'urn:giggityflix:test';

/**
 * An OpenID provider as an operator may have one already: of another make of settings than ours, with the library's own
 * pages, on which every name may sign in.
 */
export async function startProvider(accessTokenSeconds: number) {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // Of another name than the page's, so that requests between them are between sites.
  const issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwks = { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'one' }] };
  const refused: string[] = [];
  const refreshed: string[] = [];
  return {
    issuer,
    /** What clients were refused at the token endpoint. */
    refused,
    /** The refresh tokens that were used. */
    refreshed,
    /** Begins to serve, once the client's address is known. */
    serve(client: ClientMetadata): void {
      const provider = new Provider(issuer, {
        clients: [client],
        jwks,
        cookies: { keys: ['for this test alone'] },
        scopes: ['openid', 'offline_access', 'profile'],
        pkce: { required: () => true },
        ttl: {
          AccessToken: accessTokenSeconds,
          Grant: 3_600,
          IdToken: 3_600,
          Interaction: 3_600,
          Session: 3_600,
        },
        clientBasedCORS: () => true,
        extraTokenClaims: () => ({ roles: ['viewer'] }),
        rotateRefreshToken: true,
        features: {
          devInteractions: { enabled: true },
          deviceFlow: { enabled: true },
          revocation: { enabled: true },
          resourceIndicators: {
            enabled: true,
            getResourceServerInfo: () => ({
              scope: '',
              audience: AUDIENCE,
              accessTokenFormat: 'jwt',
              jwt: { sign: { alg: 'ES256' } },
            }),
          },
        },
      });
      provider.on('grant.error', (_context, error) => {
        if (error.message !== 'authorization_pending') refused.push(error.message);
      });
      provider.on('grant.success', ({ oidc }) => {
        if (oidc.params?.grant_type === 'refresh_token') refreshed.push(String(oidc.params.refresh_token));
      });
      server.on('request', provider.callback());
    },
    async stop(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
