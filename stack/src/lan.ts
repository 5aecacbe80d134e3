/** The network of a home that the platform is shared with. */
export interface Lan {
  /** Addresses of this machine in it; the first one is the one that is shown. */
  addresses: readonly string[];
}

/** The name that is announced in it (RFC 6762). */
export const LAN_NAME = 'giggityflix.local';

/** What says that people sign in at a provider of the operator's, beside AUTH_JWKS_URL. */
const PROVIDER_VARIABLES = ['AUTH_ISSUER', 'SIGN_IN_ISSUER', 'SIGN_IN_CLIENT_ID'];

/** Why the platform must not be shared so; null where it may. */
export function sharingProblem(
  env: Readonly<Record<string, string | undefined>>,
  { addresses }: Lan,
): string | null {
  if (env.AUTH_MODE === 'demo')
    return 'npm start -- --lan lets others in, so people must sign in: set AUTH_MODE to jwt or nothing. See docs/operating.md.';
  const half = PROVIDER_VARIABLES.filter((name) => env[name]);
  if (half.length > 0 && !env.AUTH_JWKS_URL)
    return [
      `${half.join(', ')} without AUTH_JWKS_URL: set that one too, and people sign in at your OpenID provider;`,
      'or set none of them, and they sign in at the identity service that comes along. See docs/operating.md.',
    ].join('\n');
  if (addresses.length === 0)
    return 'This machine is in no network: it has no IPv4 address beside its own. Name one in STACK_LAN_ADDRESSES.';
  return null;
}
