import { type BusConfig, busConfig, resolveTopics, type Topics } from '@giggityflix/bus';
import type { TrustedProxies } from '@giggityflix/http';
import {
  bearerTokenProblem,
  EnvironmentError,
  type LogLevel,
  parseEnvironment,
  type RawEnvironment,
  type RetryPolicy,
} from '@giggityflix/kernel';
import { type RedisConfig, redisConfig } from '@giggityflix/state';
import { type TracingConfig, tracingConfig } from '@giggityflix/telemetry';
import { z } from 'zod';
import type { GrpcConfig } from './grpc/server.ts';
import type { HoldingsConfig } from './holdings/holdings.ts';
import type { AdmissionConfig } from './peers/admission.ts';
import type { EnrolmentConfig } from './peers/enrolment.ts';
import type { KeySetConfig } from './peers/key-set.ts';
import type { QuotaConfig } from './quotas/quotas.ts';
import { variables } from './variables.ts';

export { variables };

/** What `createEdge` needs. Times are in milliseconds. */
export interface EdgeConfig extends EnrolmentConfig {
  edgeId: string;
  heartbeatIntervalMs: number;
  peerTimeoutMs: number;
  registrationTimeoutMs: number;
  /** How long peers get to leave when the edge stops. */
  drainMs: number;
  /** How long after the start commands wait for peers that are not back yet. */
  reconnectGraceMs: number;
  grpc: GrpcConfig;
  /** Null for no HTTP listener. */
  http: { host: string; port: number; metricsAllowed?: TrustedProxies } | null;
  admission: AdmissionConfig;
  quotas: QuotaConfig;
  groupId: string;
  retry: RetryPolicy;
  keySet: KeySetConfig;
  holdings: HoldingsConfig;
  /** What edges derive the names of networks from; null for names of this edge's own. */
  networkSecret: string | null;
}

export type StateConfig = { kind: 'embedded'; path: string } | { kind: 'redis'; redis: RedisConfig };

/** The configuration of the process: the edge, and what it is built on. */
export interface EdgeProcessConfig extends EdgeConfig {
  http: { host: string; port: number; metricsAllowed: TrustedProxies };
  maxWorkers: number;
  bus: BusConfig;
  tracing: TracingConfig;
  state: StateConfig;
  topics: Topics;
  logLevel: LogLevel;
}

/** @throws EnvironmentError naming every problem at once. */
export function readEnvironment(raw: RawEnvironment = process.env): EdgeProcessConfig {
  const env = parseEnvironment(z.object(variables), raw);
  const problems = contradictions(env);
  if (problems.length > 0) throw new EnvironmentError(problems);
  return {
    edgeId: env.EDGE_ID,
    heartbeatIntervalMs: env.HEARTBEAT_INTERVAL_SEC * 1_000,
    peerTimeoutMs: env.PEER_TIMEOUT_SEC * 1_000,
    registrationTimeoutMs: env.REGISTRATION_TIMEOUT_SEC * 1_000,
    drainMs: env.DRAIN_TIMEOUT_SEC * 1_000,
    reconnectGraceMs: env.RECONNECT_GRACE_SEC * 1_000,
    enrolment: enrolmentOf(env),
    enrolmentTokens: env.ENROLMENT_TOKENS,
    grpc: {
      address: env.GRPC_SERVER_ADDRESS,
      tls: env.GRPC_USE_TLS
        ? {
            certPath: env.GRPC_CERT_PATH,
            keyPath: env.GRPC_KEY_PATH,
            clientCaPath: env.GRPC_CLIENT_CA_PATH ?? null,
            requireClientCertificate: env.GRPC_REQUIRE_CLIENT_CERT,
          }
        : null,
      plainTextFromLocal: env.GRPC_PLAIN_TEXT_FROM === 'local',
      keepaliveTimeMs: env.GRPC_KEEPALIVE_TIME_SEC * 1_000,
      keepaliveTimeoutMs: env.GRPC_KEEPALIVE_TIMEOUT_SEC * 1_000,
      maxMessageBytes: env.GRPC_MAX_MESSAGE_BYTES,
    },
    http: { host: env.HOST, port: env.HTTP_PORT, metricsAllowed: env.METRICS_ALLOWED },
    admission: {
      maxPeers: env.MAX_PEERS,
      maxPeersPerNetwork: env.MAX_PEERS_PER_NETWORK,
      attemptsPerSecond: env.REGISTRATIONS_PER_SEC,
      burst: env.REGISTRATIONS_BURST,
    },
    quotas: {
      maxFiles: env.MAX_FILES_PER_PEER,
      peer: {
        messages: { perSecond: env.PEER_MESSAGES_PER_SEC, burst: env.PEER_MESSAGES_BURST },
        files: { perSecond: env.PEER_FILES_PER_SEC, burst: env.PEER_FILES_BURST },
      },
      network: {
        messages: { perSecond: env.NETWORK_MESSAGES_PER_SEC, burst: env.NETWORK_MESSAGES_BURST },
        files: { perSecond: env.NETWORK_FILES_PER_SEC, burst: env.NETWORK_FILES_BURST },
      },
    },
    groupId: env.KAFKA_GROUP_ID,
    retry: {
      maxRetries: env.RETRY_MAX_RETRIES,
      initialDelayMs: env.RETRY_INITIAL_DELAY_MS,
      maxDelayMs: env.RETRY_MAX_DELAY_MS,
      jitterFactor: env.RETRY_JITTER_FACTOR,
    },
    keySet: { url: env.PLAYBACK_JWKS_URL, refreshMs: env.PLAYBACK_JWKS_REFRESH_SEC * 1_000 },
    holdings: {
      timeoutMs: env.HOLDING_TIMEOUT_MS,
      recheckMs: env.HOLDING_RECHECK_SEC * 1_000,
      challengesPerSecond: env.HOLDING_CHALLENGES_PER_SEC,
    },
    networkSecret: env.NETWORK_NAME_SECRET ?? null,
    maxWorkers: env.GRPC_MAX_WORKERS,
    bus: busConfig(env),
    tracing: tracingConfig(env),
    state:
      env.STATE === 'embedded'
        ? { kind: 'embedded', path: env.STATE_PATH }
        : { kind: 'redis', redis: redisConfig(env) },
    topics: resolveTopics(raw),
    logLevel: env.LOG_LEVEL,
  };
}

type Parsed = z.output<z.ZodObject<typeof variables>>;

/** Unless it is said, tokens decide: who hands them out wants them presented. */
function enrolmentOf(env: Parsed): EnrolmentConfig['enrolment'] {
  return env.ENROLMENT ?? (env.ENROLMENT_TOKENS.length > 0 ? 'token' : 'open');
}

/** Variables that are valid by themselves and not together. */
function contradictions(env: Parsed): string[] {
  const problems: string[] = [];
  const wantsCertificates = env.GRPC_REQUIRE_CLIENT_CERT || env.GRPC_CLIENT_CA_PATH !== undefined;
  if (wantsCertificates && !env.GRPC_USE_TLS)
    problems.push('GRPC_USE_TLS is off: without TLS no peer presents a client certificate');
  if (env.GRPC_REQUIRE_CLIENT_CERT && env.GRPC_CLIENT_CA_PATH === undefined)
    problems.push(
      'GRPC_CLIENT_CA_PATH is missing: GRPC_REQUIRE_CLIENT_CERT needs the authority of the certificates',
    );
  if (env.GRPC_REQUIRE_CLIENT_CERT && env.GRPC_PLAIN_TEXT_FROM !== 'nobody')
    problems.push(
      'GRPC_PLAIN_TEXT_FROM is invalid: without TLS no peer presents the certificate that is required',
    );
  if (env.ENROLMENT === 'token' && env.ENROLMENT_TOKENS.length === 0)
    problems.push('ENROLMENT_TOKENS is missing: with ENROLMENT=token a peer must present one');
  if (env.ENROLMENT === 'open' && env.ENROLMENT_TOKENS.length > 0)
    problems.push('ENROLMENT_TOKENS is set: with ENROLMENT=open a peer needs none');
  if (env.HEARTBEAT_INTERVAL_SEC >= env.PEER_TIMEOUT_SEC)
    problems.push(
      `PEER_TIMEOUT_SEC is invalid: ${env.PEER_TIMEOUT_SEC} s are over before the next heartbeat, which peers send every ${env.HEARTBEAT_INTERVAL_SEC} s`,
    );
  for (const whose of ['PEER', 'NETWORK'] as const)
    if (env[`${whose}_FILES_PER_SEC`] > 0 && env[`${whose}_FILES_BURST`] < env.MAX_FILES_PER_PEER)
      problems.push(
        `${whose}_FILES_BURST is invalid: ${env[`${whose}_FILES_BURST`]} is less than the ${env.MAX_FILES_PER_PEER} files a peer announces at once (MAX_FILES_PER_PEER)`,
      );
  if (env.NODE_ENV === 'production') {
    const weakness = env.ENROLMENT_TOKENS.map(bearerTokenProblem).find((problem) => problem !== null);
    if (weakness) problems.push(`ENROLMENT_TOKENS ${weakness}`);
  }
  return problems;
}
