import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { RawEnvironment } from '@giggityflix/kernel';
import type { StackConfig } from './environment.ts';
import { LAN_NAME } from './lan.ts';

const LOOPBACK = '127.0.0.1';

/** The variables of the services that share the hub's process, on top of those the hub was given. */
export function hubEnvironments(
  config: StackConfig,
): Record<'catalog' | 'tracker' | 'viewing' | 'gateway', RawEnvironment> {
  const { ports } = config;
  const inherited = withServiceToken(config.inherited);
  const data = (path: string) => join(config.dataDir, path);
  const url = (port: number) => `http://${LOOPBACK}:${port}`;
  const databaseUrl = `file:${data('state/giggityflix.db')}`;
  return {
    catalog: { ...inherited, PORT: String(ports.catalog), DATABASE_URL: databaseUrl },
    tracker: { ...inherited, PORT: String(ports.tracker), STATE_PATH: data('state/tracker.db') },
    viewing: {
      ...inherited,
      SERVER_PORT: String(ports.viewing),
      STATE_PATH: data('state/viewing.db'),
      DATABASE_URL: databaseUrl,
      // All visitors are one account, at one address.
      RATE_LIMIT_USER: inherited.RATE_LIMIT_USER ?? '0',
      RATE_LIMIT_ADDRESS: inherited.RATE_LIMIT_ADDRESS ?? '0',
      UNKNOWN_ACCOUNTS: inherited.UNKNOWN_ACCOUNTS ?? 'entitle',
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
  };
}

/** Of all that the hub runs, the gateway alone is reached from the network. */
function lanGateway({ lan, inherited }: StackConfig): RawEnvironment {
  if (!lan) return {};
  const listed = inherited.ALLOWED_HOSTS ? [inherited.ALLOWED_HOSTS] : [];
  return { HOST: '0.0.0.0', ALLOWED_HOSTS: [...listed, LAN_NAME, ...lan.addresses].join(',') };
}

/** The matchmaker, as viewers and peers reach it. */
export function stunServers({ lan, ports }: StackConfig): string {
  return (lan?.addresses ?? [LOOPBACK]).map((address) => `stun:${address}:${ports.matchmaker}`).join(',');
}

/** Where the hub composes the supergraph that its gateway reads. */
export function supergraphFile({ dataDir }: StackConfig): string {
  return join(dataDir, 'run', 'supergraph.graphql');
}

/** Where each subgraph answers GraphQL. */
export function subgraphUrls({ ports }: StackConfig): Record<'catalog' | 'tracker' | 'viewing', string> {
  return {
    catalog: `http://${LOOPBACK}:${ports.catalog}/graphql`,
    tracker: `http://${LOOPBACK}:${ports.tracker}/graphql`,
    viewing: `http://${LOOPBACK}:${ports.viewing}/graphql`,
  };
}

/** Where visitors sign in, services need credentials for each other; those of one process may be of one run. */
function withServiceToken(inherited: RawEnvironment): RawEnvironment {
  if (inherited.AUTH_MODE !== 'jwt' || inherited.SERVICE_TOKENS) return inherited;
  const token = randomBytes(32).toString('base64url');
  return { ...inherited, SERVICE_TOKENS: token, SERVICE_TOKEN: token };
}
