import type { RawEnvironment } from '@giggityflix/kernel';
import type { StackConfig } from './environment.ts';
import { certificateNames, publicOrigin } from './https.ts';
import { LAN_NAME } from './lan.ts';

/** The page's client at the identity service. */
const PAGE_CLIENT_ID = 'giggityflix-page';
const LOOPBACK = '127.0.0.1';

type Config = Pick<StackConfig, 'lan' | 'identityUrl' | 'ports' | 'https' | 'publicPort'>;

/**
 * Where people sign in at the identity service that comes along: one address for all of them, as tokens name it; null
 * where they do not. An address of numbers needs no resolver that knows `.local`.
 */
export function identityUrlOf(
  { lan, identityUrl, ports, https }: Config,
  env: RawEnvironment,
): string | null {
  if (!lan || env.AUTH_JWKS_URL) return null;
  if (identityUrl) return identityUrl;
  // Passkeys are for names, and those of this one hold on all devices that have https at all.
  const [name = lan.addresses[0]] = certificateNames(https);
  return `${https ? 'https' : 'http'}://${name}:${ports.identity}`;
}

/** The variables by which everything else trusts it. */
export function trustOf({ identityUrl, ports }: Config): RawEnvironment {
  if (!identityUrl) return {};
  return {
    AUTH_ISSUER: identityUrl,
    AUTH_JWKS_URL: `${innerUrl(ports.identity)}/.well-known/jwks.json`,
    SIGN_IN_ISSUER: identityUrl,
    SIGN_IN_CLIENT_ID: PAGE_CLIENT_ID,
  };
}

/** Where viewing asks who is entitled; undefined where it decides itself. */
export function entitlementUrl({ identityUrl, ports }: Config): string | undefined {
  return identityUrl ? innerUrl(ports.identity) : undefined;
}

/** The variables of the identity service itself. */
export function identityEnvironment(config: Config, inherited: RawEnvironment, databaseUrl: string) {
  const { ports } = config;
  const listed = inherited.PAGE_REDIRECT_URIS ? [inherited.PAGE_REDIRECT_URIS] : [];
  return {
    ...inherited,
    HOST: '0.0.0.0',
    PORT: String(ports.identity),
    TLS_REDIRECT_PORT: '0',
    CATALOG_SERVICE_URL: innerUrl(ports.catalog),
    DATABASE_URL: databaseUrl,
    PAGE_REDIRECT_URIS: [...pageOrigins(config).map((origin) => `${origin}/`), ...listed].join(','),
  };
}

/** Under which the page is opened: each may be where someone goes on after signing in; the first one is its home. */
export function pageOrigins({ lan, ports, https, publicPort }: Config): string[] {
  const at = (scheme: string) => (name: string) => `${scheme}://${name}:${ports.gateway}`;
  const names = [...(lan?.addresses ?? []), LAN_NAME];
  const own = at('http')('localhost');
  if (!https) return [...names.map(at('http')), own];
  const known = certificateNames(https);
  // A router, too, may lead to this port from the usual one.
  const usual = known.filter((name) => name !== LAN_NAME).map((name) => `https://${name}`);
  const all = [...new Set([...known, ...names, 'localhost'])].map(at('https'));
  const home = publicOrigin({ https, publicPort });
  return [...new Set([...(home ? [home] : []), ...all, ...usual, own])];
}

function innerUrl(port: number): string {
  return `http://${LOOPBACK}:${port}`;
}
