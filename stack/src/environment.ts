import { join, resolve } from 'node:path';
import {
  type LogLevel,
  list,
  logVariables,
  parseEnvironment,
  port,
  type RawEnvironment,
} from '@giggityflix/kernel';
import { z } from 'zod';
import { HTTPS_VARIABLE, type Https } from './https-choice.ts';
import type { Lan } from './lan.ts';
import { DEFAULT_MEDIA_DIR, ROOT } from './paths.ts';

/** The variables of `npm start`. Every variable of a service reaches that service's process as well. */
export const variables = {
  STACK_DATA_DIR: z
    .string()
    .default(join(ROOT, '.data'))
    .meta({ description: 'Where all state is kept; `--fresh` discards it' }),
  MEDIA_DIRS: list(DEFAULT_MEDIA_DIR).meta({ description: 'Folders the sample peer shares' }),
  GATEWAY_PORT: port(4000).meta({ description: 'Gateway: web page, GraphQL, GraphiQL' }),
  TRACKER_PORT: port(8000).meta({ description: 'Tracker: registry routes and subgraph' }),
  VIEWING_PORT: port(8080).meta({ description: 'Viewing: REST and subgraph' }),
  IDENTITY_PORT: port(8081).meta({
    description: 'Identity, of `npm start -- --lan`: OpenID provider and its pages',
  }),
  CATALOG_PORT: port(8082).meta({ description: 'Catalog: subgraph and artwork' }),
  EDGE_PORT: port(50051).meta({ description: 'Edge: gRPC' }),
  EDGE_HTTP_PORT: port(8083).meta({ description: 'Edge: health and metrics' }),
  MATCHMAKER_PORT: port(12345).meta({ description: 'Matchmaker: UDP' }),
  MATCHMAKER_HTTP_PORT: port(8084).meta({ description: 'Matchmaker: health and metrics' }),
  PEER_HTTP_PORT: port(8090).meta({ description: 'Sample peer: its page, health and metrics' }),
  STACK_LAN_ADDRESSES: list('').meta({
    description:
      'Addresses of this machine in the network that `npm start -- --lan` shares with; all its IPv4 addresses when unset',
  }),
  STACK_IDENTITY_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({
      description:
        'Address under which people reach the identity service of `npm start -- --lan`, without a path; its port at the first of those addresses when unset',
    }),
  STACK_PUBLIC_PORT: port(443).meta({
    description:
      'Port under which the domain of `npm start -- --domain NAME` is watched at: the router leads it to GATEWAY_PORT',
  }),
  ACME_DIRECTORY_URL: z
    .url({ protocol: /^https$/ })
    .default('https://acme-v02.api.letsencrypt.org/directory')
    .meta({
      description:
        'Authority that `npm start -- --domain NAME` asks for a certificate; NODE_EXTRA_CA_CERTS where its own is not trusted',
    }),
  ACME_EMAIL: z.email().optional().meta({
    description: 'Where that authority writes to when something is wrong with the certificate',
  }),
  ACME_HTTP_PORT: port(80).meta({
    description:
      'Port on which `--domain` answers that authority, which asks at port 80 of the domain, and leads HTTP to HTTPS',
  }),
  ...logVariables,
};

export interface StackConfig {
  dataDir: string;
  mediaDirs: readonly string[];
  ports: Readonly<
    Record<
      | 'gateway'
      | 'tracker'
      | 'viewing'
      | 'catalog'
      | 'identity'
      | 'edge'
      | 'edgeHttp'
      | 'matchmaker'
      | 'matchmakerHttp'
      | 'peerHttp',
      number
    >
  >;
  /** Null where nothing is shared. */
  lan: Lan | null;
  /** Where people sign in at the identity service that comes along; null where they do not. */
  identityUrl: string | null;
  /** Null where plain HTTP is served. */
  https: Https | null;
  /** Under which a domain is watched at; a router leads it to the gateway's own. */
  publicPort: number;
  acme: { directoryUrl: string; email: string | null; httpPort: number };
  logLevel: LogLevel;
  /** The environment as it was given, for the processes to come. */
  inherited: RawEnvironment;
}

/** @throws EnvironmentError naming every problem at once. */
export function readEnvironment(env: RawEnvironment = process.env): StackConfig {
  const values = parseEnvironment(z.object(variables), env);
  return {
    dataDir: resolve(values.STACK_DATA_DIR),
    mediaDirs: values.MEDIA_DIRS.map((directory) => resolve(directory)),
    ports: {
      gateway: values.GATEWAY_PORT,
      tracker: values.TRACKER_PORT,
      viewing: values.VIEWING_PORT,
      catalog: values.CATALOG_PORT,
      identity: values.IDENTITY_PORT,
      edge: values.EDGE_PORT,
      edgeHttp: values.EDGE_HTTP_PORT,
      matchmaker: values.MATCHMAKER_PORT,
      matchmakerHttp: values.MATCHMAKER_HTTP_PORT,
      peerHttp: values.PEER_HTTP_PORT,
    },
    lan: values.STACK_LAN_ADDRESSES.length > 0 ? { addresses: values.STACK_LAN_ADDRESSES } : null,
    identityUrl: values.STACK_IDENTITY_URL ?? null,
    https: httpsOf(env),
    publicPort: values.STACK_PUBLIC_PORT,
    acme: {
      directoryUrl: values.ACME_DIRECTORY_URL,
      email: values.ACME_EMAIL ?? null,
      httpPort: values.ACME_HTTP_PORT,
    },
    logLevel: values.LOG_LEVEL,
    inherited: env,
  };
}

/** As the supervisor states it for its processes; by itself a certificate of the services' own variables counts. */
function httpsOf(env: RawEnvironment): Https | null {
  if (env[HTTPS_VARIABLE]) return JSON.parse(env[HTTPS_VARIABLE]) as Https;
  const { TLS_CERT_PATH: certPath, TLS_KEY_PATH: keyPath } = env;
  return certPath && keyPath ? { kind: 'files', certPath, keyPath } : null;
}
