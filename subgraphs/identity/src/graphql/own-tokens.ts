import { type AuthConfig, type Authenticator, createAuthenticator } from '@giggityflix/http';
import type { KeyStore } from '../keys/keys.ts';

/** Verifies the tokens that this service gave out, with the keys it has. */
export function createOwnTokens(config: Omit<AuthConfig, 'jwksUrl'>, keys: KeyStore): Authenticator {
  let current: { kids: string; authenticator: Authenticator } | null = null;
  return {
    async authenticate(authorization) {
      const { all } = await keys.current('signing');
      const kids = all.map(({ kid }) => kid).join(' ');
      if (current?.kids !== kids) {
        // Without their private parts.
        const published = all.map(({ jwk: { d: _, ...jwk } }) => jwk);
        const jwksUrl = `data:application/json,${encodeURIComponent(JSON.stringify({ keys: published }))}`;
        current = { kids, authenticator: createAuthenticator({ ...config, jwksUrl }) };
      }
      return current.authenticator.authenticate(authorization);
    },
  };
}
