import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { RawEnvironment } from '@giggityflix/kernel';
import type { StackConfig } from './environment.ts';
import { authorityFiles, certificateNames, isSelfSigned } from './https.ts';
import { entitlementUrl, identityEnvironment } from './identity.ts';
import { LAN_NAME } from './lan.ts';
import { CATALOG_LIMITS, forLargeLibraries } from './large-libraries.ts';

const LOOPBACK = '127.0.0.1';

/** The variables of the services that share the hub's process, on top of those the hub was given. */
export function hubEnvironments(
  config: StackConfig,
): Record<'catalog' | 'tracker' | 'viewing' | 'gateway' | 'identity', RawEnvironment> {
  const { ports } = config;
  const inherited = withServiceToken(config.inherited);
  const data = (path: string) => join(config.dataDir, path);
  const url = (port: number) => `http://${LOOPBACK}:${port}`;
  const databaseUrl = `file:${data('state/giggityflix.db')}`;
  return {
    catalog: {
      ...inherited,
      ...forLargeLibraries(inherited, CATALOG_LIMITS, { isLan: config.lan !== null }),
      PORT: String(ports.catalog),
      DATABASE_URL: databaseUrl,
    },
    tracker: {
      ...inherited,
      ...invitedNetwork(config),
      PORT: String(ports.tracker),
      STATE_PATH: data('state/tracker.db'),
      CATALOG_SERVICE_URL: url(ports.catalog),
    },
    viewing: {
      ...inherited,
      SERVER_PORT: String(ports.viewing),
      STATE_PATH: data('state/viewing.db'),
      DATABASE_URL: databaseUrl,
      // All visitors are one account, at one address.
      RATE_LIMIT_USER: inherited.RATE_LIMIT_USER ?? '0',
      RATE_LIMIT_ADDRESS: inherited.RATE_LIMIT_ADDRESS ?? '0',
      UNKNOWN_ACCOUNTS: inherited.UNKNOWN_ACCOUNTS ?? 'entitle',
      IDENTITY_SERVICE_URL: inherited.IDENTITY_SERVICE_URL ?? entitlementUrl(config),
      CONTENT_SERVICE_URL: url(ports.catalog),
      TRACKER_SERVICE_URL: url(ports.tracker),
      STUN_SERVERS: inherited.STUN_SERVERS ?? stunServers(config),
    },
    gateway: {
      ...inherited,
      ...lanGateway(config),
      PORT: String(ports.gateway),
      SUPERGRAPH_FILE: supergraphFile(config),
      SUBGRAPHS: Object.entries(subgraphUrls(config))
        .map(([name, address]) => `${name}=${address}`)
        .join(','),
    },
    // A database of its own: whoever reads it can sign in as anyone.
    identity: identityEnvironment(config, inherited, `file:${data('state/identity.db')}`),
  };
}

/** Of all that the hub runs, the gateway alone is reached from the network. */
function lanGateway({ lan, inherited, https }: StackConfig): RawEnvironment {
  if (!lan) return {};
  const listed = inherited.ALLOWED_HOSTS ? [inherited.ALLOWED_HOSTS] : [];
  return {
    HOST: '0.0.0.0',
    ALLOWED_HOSTS: [...listed, ...new Set([...certificateNames(https), LAN_NAME, ...lan.addresses])].join(
      ',',
    ),
  };
}

/**
 * What the links of invitations say of the edge, and that machines of the house may ask to be let in; an operator may know
 * better how it is reached from outside.
 */
function invitedNetwork(config: StackConfig): RawEnvironment {
  const { lan, ports, inherited, https } = config;
  if (!lan) return {};
  // Of a home alone: under a name of the internet anyone could ask.
  const isHome = https === null || https.kind === 'home';
  const given = inherited.INVITATION_EDGES || undefined;
  const names = invitedNames(config);
  // In plain text over the internet only where the operator says so: at the addresses given something else may do TLS.
  const tls = given && https === null ? undefined : String(https !== null);
  return {
    PEER_REQUESTS: inherited.PEER_REQUESTS ?? String(isHome),
    INVITATION_EDGES: given ?? names.map((name) => `${name}:${ports.edge}`).join(','),
    INVITATION_TLS: inherited.INVITATION_TLS ?? tls,
    INVITATION_CA_PATH: inherited.INVITATION_CA_PATH ?? vouchingPath(config),
  };
}

/** By which peers reach the edge, and find it in its certificate where it has one. */
function invitedNames({ lan, https }: StackConfig): readonly string[] {
  const addresses = lan?.addresses ?? [];
  if (https === null || https.kind === 'home') return addresses;
  const names = certificateNames(https);
  return names.length > 0 ? names : addresses;
}

/** The certificate that peers are to trust; undefined where everybody does. */
function vouchingPath(config: StackConfig): string | undefined {
  const own = authorityFiles(config)?.certPath;
  if (own || config.https?.kind !== 'files') return own;
  return isSelfSigned(config.https.certPath) ? config.https.certPath : undefined;
}

/** The matchmaker, as viewers and peers reach it. */
export function stunServers({ lan, ports }: StackConfig): string {
  return (lan?.addresses ?? [LOOPBACK]).map((address) => `stun:${address}:${ports.matchmaker}`).join(',');
}

/** Where the hub composes the supergraph that its gateway reads. */
export function supergraphFile({ dataDir }: StackConfig): string {
  return join(dataDir, 'run', 'supergraph.graphql');
}

/** Where each subgraph answers GraphQL; that of people where they sign in. */
export function subgraphUrls({
  ports,
  identityUrl,
}: Pick<StackConfig, 'ports' | 'identityUrl'>): Record<string, string> {
  return {
    catalog: `http://${LOOPBACK}:${ports.catalog}/graphql`,
    tracker: `http://${LOOPBACK}:${ports.tracker}/graphql`,
    viewing: `http://${LOOPBACK}:${ports.viewing}/graphql`,
    ...(identityUrl !== null && { identity: `http://${LOOPBACK}:${ports.identity}/graphql` }),
  };
}

/** Where visitors sign in, services need credentials for each other; those of one process may be of one run. */
function withServiceToken(inherited: RawEnvironment): RawEnvironment {
  if (inherited.AUTH_MODE !== 'jwt' || inherited.SERVICE_TOKENS) return inherited;
  const token = randomBytes(32).toString('base64url');
  return { ...inherited, SERVICE_TOKENS: token, SERVICE_TOKEN: token };
}
