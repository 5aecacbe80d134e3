import {
  busConfig,
  busVariables,
  groupIdVariable,
  resolveTopics,
  type Topics,
  topicVariables,
} from '@giggityflix/bus';
import type { ProcessConfig } from '@giggityflix/graphql';
import {
  type AuthConfig,
  authConfig,
  authVariables,
  metricsVariables,
  type OriginConfig,
  originConfig,
  originVariables,
  serviceTokenVariable,
  type TrustedProxies,
  trustedProxies,
} from '@giggityflix/http';
import type { AccessChecksConfig } from '@giggityflix/http/access';
import {
  decimal,
  flag,
  integer,
  list,
  logVariables,
  parseEnvironment,
  port,
  type RawEnvironment,
} from '@giggityflix/kernel';
import { redisConfig, redisVariables } from '@giggityflix/state';
import { tracingConfig, tracingVariables } from '@giggityflix/telemetry';
import { z } from 'zod';
import type { InvitationsConfig } from './context.ts';
import { invitedNetwork } from './membership/invited-network.ts';
import type { StateConfig } from './state/create-state.ts';

/** A year: nobody waits longer for a file. */
const MAX_SUBSCRIPTION_TTL_HOURS = 8_760;

/** The variables of the tracker. */
export const variables = {
  HOST: z.string().default('0.0.0.0').meta({ description: 'Address the tracker listens on' }),
  PORT: port(8000).meta({ description: 'Port of the registry routes, the subgraph, health and metrics' }),
  ...logVariables,
  KAFKA_GROUP_ID: groupIdVariable('tracker-service', 'Consumer group; the replicas of one tracker share it'),
  STATE: z.enum(['redis', 'embedded']).default('redis').meta({
    description: 'redis, or embedded for processes of one machine that share the file STATE_PATH',
  }),
  STATE_PATH: z
    .string()
    .default('.data/tracker.sqlite')
    .meta({ description: 'SQLite file of the embedded state' }),
  HEARTBEAT_INTERVAL_SECONDS: integer(30, { min: 1, max: 86_400 }).meta({
    description: 'Interval for stale peer checks',
  }),
  CONNECTION_TIMEOUT_SECONDS: integer(120, { min: 1, max: 604_800 }).meta({
    description: 'Time without a heartbeat after which a peer is stale',
  }),
  SUBSCRIPTION_DEFAULT_TTL_HOURS: integer(24, { min: 1, max: MAX_SUBSCRIPTION_TTL_HOURS }).meta({
    description: 'Life of a stored subscription that asks for none',
  }),
  TRUSTED_PROXIES: trustedProxies({ believesCloudflare: true }).meta({
    description: 'CIDR list of proxies whose cf-connecting-ip and x-forwarded-for are trusted',
  }),
  ENROLMENT: z.enum(['open', 'token', 'invitation']).default('open').meta({
    description: 'As at the edges: `invitation` where peers need one, which is when some can be made',
  }),
  INVITATIONS_FROM: z.enum(['operators', 'accounts']).default('operators').meta({
    description:
      'Who may invite peers: `operators`, or `accounts` for everyone who is signed in; what others than operators invite waits for approval',
  }),
  PEER_REQUESTS: flag(false).meta({
    description:
      'Whether anyone who reaches the platform may ask that a peer be let in, with ENROLMENT=invitation; an operator approves it. For the network of a home',
  }),
  INVITATION_EDGES: list('').meta({
    description:
      'Addresses of the edges as invited peers reach them (`host:port`), comma-separated; the links of invitations carry them',
  }),
  INVITATION_TLS: flag(true).meta({
    description: 'Whether those edges are reached over TLS; as GRPC_USE_TLS at the edges',
  }),
  INVITATION_CA_PATH: z.string().optional().meta({
    description:
      'PEM file with the authority of their certificates; the links carry it. Not for one that everybody trusts',
  }),
  REGISTRY_RATE_PER_SEC: decimal(50, { max: 1_000_000 }).meta({
    description:
      'Changes of the registry a second one address, or one /64 of IPv6, may make; 0 for any number',
  }),
  REGISTRY_RATE_BURST: integer(1_000, { min: 1, max: 1_000_000 }).meta({
    description: 'Changes of the registry it may make at once',
  }),
  CATALOG_SERVICE_URL: z
    .url()
    .default('http://localhost:8082')
    .meta({ description: 'Catalog URL: it is asked what someone sees whose account or profile is limited' }),
  SERVICE_TOKEN: serviceTokenVariable('Bearer token presented to the catalog'),
  ...redisVariables,
  ...busVariables,
  ...authVariables,
  ...originVariables,
  ...metricsVariables,
  ...tracingVariables,
  ...topicVariables,
};

/** What the tracker is configured with. */
export interface TrackerConfig {
  http: {
    host: string;
    port: number;
    trustedProxies: TrustedProxies;
    guard: OriginConfig;
    metricsAllowed: TrustedProxies;
  };
  /** Consumer group of the replicas. */
  groupId: string;
  topics: Topics;
  state: StateConfig;
  /** What one address may change of the registry of files. */
  registryRate: { perSecond: number; burst: number };
  /** How often stale peers are looked for. */
  heartbeatIntervalMs: number;
  /** Time without a heartbeat after which a peer is stale. */
  connectionTimeoutMs: number;
  subscriptionTtl: { defaultHours: number; maxHours: number };
  invitations: InvitationsConfig;
  catalog: AccessChecksConfig;
  auth: AuthConfig;
}

export interface TrackerEnvironment extends ProcessConfig {
  tracker: TrackerConfig;
}

/** @throws EnvironmentError naming every problem at once. */
export function readEnvironment(raw: RawEnvironment = process.env): TrackerEnvironment {
  const env = parseEnvironment(z.object(variables), raw);
  return {
    logLevel: env.LOG_LEVEL,
    bus: busConfig(env),
    tracing: tracingConfig(env),
    tracker: {
      http: {
        host: env.HOST,
        port: env.PORT,
        trustedProxies: env.TRUSTED_PROXIES,
        guard: originConfig(env),
        metricsAllowed: env.METRICS_ALLOWED,
      },
      groupId: env.KAFKA_GROUP_ID,
      topics: resolveTopics(raw),
      state:
        env.STATE === 'embedded'
          ? { kind: 'embedded', path: env.STATE_PATH }
          : { kind: 'redis', redis: redisConfig(env) },
      registryRate: { perSecond: env.REGISTRY_RATE_PER_SEC, burst: env.REGISTRY_RATE_BURST },
      heartbeatIntervalMs: env.HEARTBEAT_INTERVAL_SECONDS * 1_000,
      connectionTimeoutMs: env.CONNECTION_TIMEOUT_SECONDS * 1_000,
      subscriptionTtl: {
        defaultHours: env.SUBSCRIPTION_DEFAULT_TTL_HOURS,
        maxHours: MAX_SUBSCRIPTION_TTL_HOURS,
      },
      invitations: {
        enabled: env.ENROLMENT === 'invitation',
        from: env.INVITATIONS_FROM,
        requests: env.ENROLMENT === 'invitation' && env.PEER_REQUESTS,
        network: invitedNetwork({
          edges: env.INVITATION_EDGES,
          tls: env.INVITATION_TLS,
          authorityPath: env.INVITATION_CA_PATH,
        }),
      },
      catalog: { url: env.CATALOG_SERVICE_URL, token: env.SERVICE_TOKEN ?? null },
      auth: authConfig(env),
    },
  };
}
