import type { ClientMetadata } from 'oidc-provider';
import type { Client } from './clients.ts';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** What the provider's library is to know of a client. */
export function metadataOf(client: Client): ClientMetadata {
  if (client.kind === 'backend')
    return {
      client_id: client.id,
      client_name: client.name,
      client_secret: client.secret,
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
    };
  const uris = client.redirect_uris;
  const isWeb = uris.every((uri) => /^https?:/.test(uri));
  return {
    client_id: client.id,
    client_name: client.name,
    token_endpoint_auth_method: 'none',
    application_type: isWeb ? 'web' : 'native',
    grant_types:
      uris.length > 0
        ? ['authorization_code', 'refresh_token', DEVICE_GRANT]
        : ['refresh_token', DEVICE_GRANT],
    response_types: uris.length > 0 ? ['code'] : [],
    redirect_uris: uris,
    post_logout_redirect_uris: uris,
  };
}
