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
      edge: values.EDGE_PORT,
      edgeHttp: values.EDGE_HTTP_PORT,
      matchmaker: values.MATCHMAKER_PORT,
      matchmakerHttp: values.MATCHMAKER_HTTP_PORT,
      peerHttp: values.PEER_HTTP_PORT,
    },
    lan: values.STACK_LAN_ADDRESSES.length > 0 ? { addresses: values.STACK_LAN_ADDRESSES } : null,
    logLevel: values.LOG_LEVEL,
    inherited: env,
  };
}
