import { resolve } from 'node:path';
import {
  type BusConfig,
  busConfig,
  busVariables,
  resolveTopics,
  type Topics,
  topicVariables,
} from '@giggityflix/bus';
import {
  type AuthConfig,
  authConfig,
  authVariables,
  metricsVariables,
  type OriginConfig,
  originConfig,
  originVariables,
  serviceTokenVariable,
  type TlsConfig,
  type TrustedProxies,
  tlsConfig,
  tlsProblems,
  tlsVariables,
  trustedProxies,
} from '@giggityflix/http';
import {
  decimal,
  duration,
  EnvironmentError,
  flag,
  integer,
  type LogLevel,
  list,
  logVariables,
  parseEnvironment,
  port,
  type RawEnvironment,
} from '@giggityflix/kernel';
import { type TracingConfig, tracingConfig, tracingVariables } from '@giggityflix/telemetry';
import { z } from 'zod';
import type { OnUnauthorized } from './engine/authorization/authorize.ts';
import type { DemandConfig } from './engine/demand/demand.ts';
import { readManifest } from './engine/operation/persisted.ts';
import type { Contract } from './graph/contract.ts';
import type { SubgraphAddress } from './graph/graph.ts';
import { signInConfig, signInVariables } from './sign-in-variables.ts';
import { type SubgraphPolicy, subgraphPolicy, subgraphVariables } from './subgraph-variables.ts';
import type { SignInConfig } from './transports/http/sign-in.ts';

const subgraphList = list(
  'catalog=http://127.0.0.1:8082/graphql,tracker=http://127.0.0.1:8000/graphql,viewing=http://127.0.0.1:8080/graphql',
).transform((items, context): SubgraphAddress[] =>
  items.flatMap((item) => {
    const [, name, url] = /^([A-Za-z][\w-]*)=(https?:\/\/\S+)$/.exec(item) ?? [];
    if (name && url && URL.canParse(url)) return [{ name, url }];
    context.addIssue({
      code: 'custom',
      message: `expected name=http://host:port/path, not ${JSON.stringify(item)}`,
    });
    return [];
  }),
);

const manifest = z
  .string()
  .transform((path, context): ReadonlyMap<string, string> => {
    try {
      return readManifest(resolve(path));
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  })
  .optional();

/** What the gateway is configured by. */
export interface GatewayConfig {
  host: string;
  port: number;
  /** Null where HTTP alone is served. */
  tls: TlsConfig | null;
  auth: AuthConfig;
  supergraph: {
    /** A composed supergraph; null asks the subgraphs for their schemas. */
    file: string | null;
    pollMs: number;
    /** With a file: where its subgraphs are, when not where it says. */
    subgraphs: readonly SubgraphAddress[];
    /** Presented to the subgraphs; null for none. */
    serviceToken: string | null;
    /** What of it clients see. */
    contract: Contract;
  } & SubgraphPolicy;
  executor: 'lean' | 'apollo';
  /** Certificate of an own authority that devices are to trust; null for none. */
  authorityPath: string | null;
  web: {
    /** Directory of the built viewer; null serves the API alone. */
    root: string | null;
    graphiql: boolean;
    /** Null where the viewer signs nobody in. */
    signIn: SignInConfig | null;
    /** Server of pictures; null for the catalog subgraph's. */
    artworkUrl: string | null;
  };
  limits: {
    tokens: number;
    depth: number;
    aliases: number;
    cost: number;
    ratePerSecond: number;
    rateBurst: number;
    sockets: number;
    streamsPerAddress: number;
  };
  /** Null where operations are not estimated by `@cost` and `@listSize`. */
  demand: DemandConfig | null;
  introspection: boolean;
  onUnauthorized: OnUnauthorized;
  /** The only operations served, by their SHA-256; null serves any. */
  safelist: ReadonlyMap<string, string> | null;
  guard: OriginConfig;
  metricsAllowed: TrustedProxies;
  trustedProxies: TrustedProxies;
  topics: Topics;
}

/** Every variable of the gateway. */
export const variables = {
  HOST: z.string().default('0.0.0.0').meta({ description: 'Address to listen on' }),
  PORT: port(4000).meta({ description: 'HTTP port: GraphQL, the viewer, GraphiQL, health and metrics' }),
  ...logVariables,
  ...tlsVariables,

  SUBGRAPHS: subgraphList.meta({ description: 'Subgraphs, as comma-separated name=URL' }),
  SUPERGRAPH_FILE: z.string().optional().meta({
    description:
      'Supergraph written by `npm run compose`, read again when it changes; without it the subgraphs are asked for their schemas. SUBGRAPHS, when set, says where its subgraphs are',
  }),
  SUPERGRAPH_POLL: duration('5s', { minMs: 100 }).meta({
    description: 'How often the supergraph file, or the subgraphs’ schemas, are read again',
  }),
  GATEWAY_INCLUDE_TAGS: list('').meta({
    description:
      'Serves a contract: only fields and unions with one of these tags (@tag), comma-separated; empty for all',
  }),
  GATEWAY_EXCLUDE_TAGS: list('').meta({
    description: 'Serves a contract: nothing with one of these tags (@tag), comma-separated',
  }),
  ...subgraphVariables,
  SERVICE_TOKEN: serviceTokenVariable(
    'Token presented to the subgraphs, which in production answer nobody without one; the first of SERVICE_TOKENS when unset',
  ),

  GATEWAY_WEB_ROOT: z.string().optional().meta({
    description: 'Directory of the built viewer and GraphiQL; without it only the API is served',
  }),
  GATEWAY_ARTWORK_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({
      description: 'Server of /artwork/*; the origin of the catalog subgraph when unset',
    }),
  GATEWAY_AUTHORITY_PATH: z.string().optional().meta({
    description:
      'Certificate (PEM) of an own authority, handed out at /authority with instructions for each device',
  }),
  GATEWAY_GRAPHIQL: flag(true).meta({ description: 'Whether GraphiQL is served at /graphiql' }),
  ...signInVariables,
  GATEWAY_INTROSPECTION: flag(true).meta({ description: 'Whether clients may read the schema' }),
  GATEWAY_UNAUTHORIZED: z.enum(['filter', 'reject']).default('filter').meta({
    description:
      'What becomes of an operation that selects what its client may not see (@authenticated, @requiresScopes, @policy): answered without it, or refused',
  }),
  GATEWAY_EXECUTOR: z.enum(['lean', 'apollo']).default('lean').meta({
    description:
      'What runs query plans: our own executor, or that of @apollo/gateway (slower; to compare answers)',
  }),

  GATEWAY_MAX_TOKENS: integer(2_000, { min: 50, max: 10_000 }).meta({
    description: 'Most tokens in a document',
  }),
  GATEWAY_MAX_DEPTH: integer(16, { min: 1, max: 100 }).meta({
    description: 'Most levels of fields in an operation',
  }),
  GATEWAY_MAX_ALIASES: integer(30, { max: 1_000 }).meta({ description: 'Most aliases in an operation' }),
  GATEWAY_MAX_COST: integer(20_000, { min: 1 }).meta({
    description:
      'Most objects an operation may ask for: selected objects times the items asked of their lists',
  }),
  MAX_OPERATION_COST: integer(0).meta({
    description:
      'Most an operation may cost by @cost and @listSize, as estimated before it runs; 0 for no limit',
  }),
  OPERATION_LIST_SIZE: integer(10).meta({
    description: 'Items such an estimate takes a list to have that no argument or @listSize says a size of',
  }),
  OPERATION_COST_PER_SEC: integer(0).meta({
    description:
      'What operations of one user (or address, when not signed in) may cost per second: taken as estimated, and corrected by what answers without errors cost; 0 for no limit',
  }),
  OPERATION_COST_BURST: integer(10_000, { min: 1 }).meta({
    description: 'What they may cost at once; one that is estimated higher waits for all of it',
  }),
  OPERATION_COST_REPORT: z.enum(['never', 'asked', 'always']).default('never').meta({
    description:
      'Whether answers have their estimated and actual cost in extensions.cost: never, for requests with the header x-operation-cost or extensions {"cost": true}, or always',
  }),
  GATEWAY_SAFELIST: manifest.meta({
    description:
      'Manifest of the only operations served (SHA-256 to document); without it any within limits is',
  }),
  ALLOWED_HOSTS: originVariables.ALLOWED_HOSTS,
  GATEWAY_CORS_ORIGINS: list('').meta({
    description:
      'Origins of web pages that may use the API, comma-separated; * for any. Our own pages always may',
  }),
  GATEWAY_RATE_PER_SEC: decimal(500, { max: 1_000_000 }).meta({
    description: 'Operations one user (or address, when not signed in) may start per second; 0 for no limit',
  }),
  GATEWAY_RATE_BURST: integer(10_000, { min: 1, max: 1_000_000 }).meta({
    description: 'Operations one user may start at once',
  }),
  GATEWAY_MAX_SOCKETS: integer(20_000, { min: 1 }).meta({ description: 'Most WebSocket connections' }),
  GATEWAY_MAX_STREAMS_PER_ADDRESS: integer(1_000, { max: 1_000_000 }).meta({
    description:
      'Most WebSocket connections and event streams of one address, or one /64 of IPv6; 0 for any number',
  }),
  TRUSTED_PROXIES: trustedProxies().meta({
    description: 'Proxies whose X-Forwarded-For is believed: addresses and CIDR ranges, comma-separated',
  }),
  GATEWAY_TRUSTED_PROXIES: trustedProxies().meta({
    description: 'The same for the gateway alone, in place of TRUSTED_PROXIES',
  }),
  ...metricsVariables,
  ...authVariables,
  ...tracingVariables,
  ...busVariables,
  KAFKA_IDENTITY_ACCESS_CHANGED_TOPIC: topicVariables.KAFKA_IDENTITY_ACCESS_CHANGED_TOPIC!,
};

export interface Environment {
  logLevel: LogLevel;
  tracing: TracingConfig;
  /** Where it hears of tokens that are taken back. */
  bus: BusConfig;
  gateway: GatewayConfig;
}

/** @throws EnvironmentError naming every problem at once. */
export function readEnvironment(env: RawEnvironment = process.env): Environment {
  const values = parseEnvironment(z.object(variables), env);
  const problems = tlsProblems(values);
  if (problems.length > 0) throw new EnvironmentError(problems);
  const auth: AuthConfig = authConfig(values);
  return {
    logLevel: values.LOG_LEVEL,
    tracing: tracingConfig(values),
    bus: busConfig(values),
    gateway: {
      topics: resolveTopics(env),
      host: values.HOST,
      port: values.PORT,
      tls: tlsConfig(values),
      auth,
      supergraph: {
        file: values.SUPERGRAPH_FILE === undefined ? null : resolve(values.SUPERGRAPH_FILE),
        pollMs: values.SUPERGRAPH_POLL,
        subgraphs:
          values.SUPERGRAPH_FILE !== undefined && env.SUBGRAPHS === undefined ? [] : values.SUBGRAPHS,
        ...subgraphPolicy(values),
        serviceToken: values.SERVICE_TOKEN ?? auth.serviceTokens[0] ?? null,
        contract: { include: values.GATEWAY_INCLUDE_TAGS, exclude: values.GATEWAY_EXCLUDE_TAGS },
      },
      executor: values.GATEWAY_EXECUTOR,
      authorityPath: values.GATEWAY_AUTHORITY_PATH ?? null,
      web: {
        root: values.GATEWAY_WEB_ROOT === undefined ? null : resolve(values.GATEWAY_WEB_ROOT),
        graphiql: values.GATEWAY_GRAPHIQL,
        signIn: signInConfig(values),
        artworkUrl: values.GATEWAY_ARTWORK_URL ?? null,
      },
      limits: {
        tokens: values.GATEWAY_MAX_TOKENS,
        depth: values.GATEWAY_MAX_DEPTH,
        aliases: values.GATEWAY_MAX_ALIASES,
        cost: values.GATEWAY_MAX_COST,
        ratePerSecond: values.GATEWAY_RATE_PER_SEC,
        rateBurst: values.GATEWAY_RATE_BURST,
        sockets: values.GATEWAY_MAX_SOCKETS,
        streamsPerAddress: values.GATEWAY_MAX_STREAMS_PER_ADDRESS,
      },
      demand:
        values.MAX_OPERATION_COST === 0 &&
        values.OPERATION_COST_PER_SEC === 0 &&
        values.OPERATION_COST_REPORT === 'never'
          ? null
          : {
              max: values.MAX_OPERATION_COST === 0 ? null : values.MAX_OPERATION_COST,
              listSize: values.OPERATION_LIST_SIZE,
              report: values.OPERATION_COST_REPORT,
              budget:
                values.OPERATION_COST_PER_SEC === 0
                  ? null
                  : { perSecond: values.OPERATION_COST_PER_SEC, burst: values.OPERATION_COST_BURST },
            },
      introspection: values.GATEWAY_INTROSPECTION,
      onUnauthorized: values.GATEWAY_UNAUTHORIZED,
      safelist: values.GATEWAY_SAFELIST ?? null,
      metricsAllowed: values.METRICS_ALLOWED,
      guard: originConfig({ ...values, ALLOWED_ORIGINS: values.GATEWAY_CORS_ORIGINS }),
      trustedProxies:
        values.GATEWAY_TRUSTED_PROXIES.ranges.length > 0
          ? values.GATEWAY_TRUSTED_PROXIES
          : values.TRUSTED_PROXIES,
    },
  };
}
