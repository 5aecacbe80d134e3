import type { IncomingMessage, ServerResponse } from 'node:http';

export type FakeSignIn = ReturnType<typeof createFakeSignIn>;

/** An OpenID provider at the address of a fake gateway that does no more than refresh; `claims` are those of its tokens. */
export function createFakeSignIn(options: { people?: boolean; claims?(): Record<string, unknown> } = {}) {
  let issuer = '';
  let issued = 0;
  let isRevoked = false;
  const refused = new Set<string>();
  let latest = '';
  const answers: Record<string, () => [number, unknown]> = {
    '/sign-in.json': () => [
      200,
      {
        signIn: {
          issuer,
          clientId: 'page',
          scope: 'openid offline_access',
          resource: null,
          ...(options.people ? { people: true } : {}),
        },
      },
    ],
    '/.well-known/openid-configuration': () => [200, { issuer, token_endpoint: `${issuer}/token` }],
    '/token': () =>
      isRevoked
        ? [400, { error: 'invalid_grant', error_description: 'the device was revoked' }]
        : [200, { ...tokens(), token_type: 'Bearer', expires_in: 600 }],
  };
  const tokens = () => {
    issued += 1;
    const claims = { sub: 'anna', jti: String(issued), ...options.claims?.() };
    latest = `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
    return { access_token: latest, refresh_token: `refresh-${issued}` };
  };
  return {
    serveAt(url: string) {
      issuer = url;
    },
    /** Answers a request that is one of the provider's. */
    handle(request: IncomingMessage, response: ServerResponse): boolean {
      const answer = answers[request.url ?? ''];
      if (!answer) return false;
      const [status, body] = answer();
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      return true;
    },
    admits: (authorization: string | undefined) =>
      authorization?.startsWith('Bearer ') === true && !refused.has(authorization.slice(7)),
    /** The API takes the present token no longer. */
    refuseToken: () => void refused.add(latest),
    /** Nor is there another one for it. */
    revoke() {
      isRevoked = true;
      refused.add(latest);
    },
    issued: () => issued,
    /** Runs in a page of the gateway: keeps tokens there as the page itself does. */
    keepTokens(): string {
      const { access_token: accessToken, refresh_token: refreshToken } = tokens();
      const kept = { accessToken, refreshToken, idToken: null, expiresAt: Date.now() + 600_000 };
      return `new Promise((resolve) => {
        const opening = indexedDB.open('giggityflix');
        opening.onupgradeneeded = () => opening.result.createObjectStore('sign-in');
        opening.onsuccess = () => {
          const writing = opening.result.transaction('sign-in', 'readwrite');
          writing.objectStore('sign-in').put(${JSON.stringify(kept)}, 'tokens');
          writing.oncomplete = () => { opening.result.close(); resolve(); };
        };
      })`;
    },
  };
}
