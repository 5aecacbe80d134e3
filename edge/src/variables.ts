import { busVariables, ids, topicVariables } from '@giggityflix/bus';
import { metricsVariables } from '@giggityflix/http/scrapers';
import { decimal, flag, integer, list, logVariables, port, secret } from '@giggityflix/kernel';
import { redisVariables } from '@giggityflix/state';
import { tracingVariables } from '@giggityflix/telemetry';
import { z } from 'zod';

/** Every variable of the edge; those of `edge-service.md` under their documented names and defaults. */
export const variables = {
  EDGE_ID: ids.edgeId.default('edge-1').meta({ description: 'Unique ID of this edge' }),
  HEARTBEAT_INTERVAL_SEC: integer(30, { min: 1, max: 3_600 }).meta({
    description: 'Seconds between heartbeats, to and from peers and for them on the bus',
  }),
  PEER_TIMEOUT_SEC: integer(120, { min: 1, max: 86_400 }).meta({
    description: 'Seconds after which a peer that sends nothing is disconnected',
  }),
  REGISTRATION_TIMEOUT_SEC: integer(10, { min: 1, max: 300 }).meta({
    description: 'Seconds a peer may take to register',
  }),
  DRAIN_TIMEOUT_SEC: integer(3, { min: 0, max: 300 }).meta({
    description: 'Seconds peers get to move elsewhere when the edge stops',
  }),
  RECONNECT_GRACE_SEC: integer(5, { min: 0, max: 300 }).meta({
    description:
      'Seconds after its start that the edge holds commands for peers that have not reconnected yet',
  }),

  GRPC_SERVER_ADDRESS: z
    .string()
    .regex(/^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$/, 'expected host:port')
    .default('0.0.0.0:50051')
    .meta({ description: 'Address peers connect to' }),
  GRPC_USE_TLS: flag(true).meta({ description: 'Whether peers connect over TLS' }),
  GRPC_PLAIN_TEXT_FROM: z.enum(['nobody', 'local']).default('nobody').meta({
    description:
      'Who may do without TLS where it is on, at the same port: `local` for peers of this machine and of its own network',
  }),
  GRPC_CERT_PATH: z.string().default('certs/server.crt').meta({
    description: 'TLS certificate chain (PEM), read again when it changes',
  }),
  GRPC_KEY_PATH: z.string().default('certs/server.key').meta({ description: 'TLS key (PEM)' }),
  GRPC_CLIENT_CA_PATH: z.string().optional().meta({
    description: 'Authority of client certificates (PEM); set to ask peers for one',
  }),
  GRPC_REQUIRE_CLIENT_CERT: flag(false).meta({
    description: 'Whether peers without a client certificate are refused',
  }),
  GRPC_MAX_WORKERS: integer(10, { min: 1, max: 256 }).meta({
    description: 'Most processes that share the work; see the README for when more than one is useful',
  }),
  GRPC_MAX_MESSAGE_BYTES: integer(524_288, { min: 65_536, max: 900_000 }).meta({
    description: 'Largest message taken from or given to a peer, in bytes',
  }),
  GRPC_KEEPALIVE_TIME_SEC: integer(20, { min: 1, max: 7_200 }).meta({
    description: 'Seconds without traffic after which a connection is pinged',
  }),
  GRPC_KEEPALIVE_TIMEOUT_SEC: integer(10, { min: 1, max: 600 }).meta({
    description: 'Seconds the answer to a ping may take before the connection is dropped',
  }),
  MAX_PEERS: integer(20_000, { min: 1, max: 1_000_000 }).meta({
    description: 'Most peers this edge holds',
  }),
  MAX_PEERS_PER_NETWORK: integer(5_000, { max: 1_000_000 }).meta({
    description: 'Most of them from one address, or one /64 of IPv6; 0 for no limit',
  }),
  REGISTRATIONS_PER_SEC: decimal(100, { max: 1_000_000 }).meta({
    description: 'Registrations one address, or one /64 of IPv6, may try per second; 0 for no limit',
  }),
  REGISTRATIONS_BURST: integer(1_000, { min: 1, max: 1_000_000 }).meta({
    description: 'Registrations it may try at once',
  }),
  NODE_ENV: z.string().default('development').meta({ description: '`production` refuses unsafe settings' }),
  ENROLMENT: z.enum(['open', 'token', 'invitation']).optional().meta({
    description:
      'Who may register: `open` for everyone, `token` for who presents one of ENROLMENT_TOKENS, `invitation` for who was invited; unset, `token` where there are tokens, else `open`',
  }),
  ENROLMENT_TOKENS: secret(list('')).meta({
    description:
      'Comma-separated tokens; when set a peer must present one. With ENROLMENT=invitation one that does needs no invitation',
    secret: true,
  }),

  MAX_FILES_PER_PEER: integer(20_000, { min: 1, max: 100_000 }).meta({
    description: 'Most files a peer may have announced at a time',
  }),
  PEER_MESSAGES_PER_SEC: decimal(150, { max: 1_000_000 }).meta({
    description:
      'Messages taken from one peer per second, where an announcement counts as 2 and a picture as 4; 0 for no limit',
  }),
  PEER_MESSAGES_BURST: integer(300, { min: 4, max: 10_000_000 }).meta({
    description: 'Messages taken from it at once',
  }),
  PEER_FILES_PER_SEC: decimal(500, { max: 1_000_000 }).meta({
    description: 'Files that one peer may announce or withdraw per second; 0 for no limit',
  }),
  PEER_FILES_BURST: integer(20_000, { min: 1, max: 10_000_000 }).meta({
    description: 'Files it may announce or withdraw at once: its library',
  }),
  NETWORK_MESSAGES_PER_SEC: decimal(150, { max: 1_000_000 }).meta({
    description:
      'Messages taken per second from all peers of one address, or one /64 of IPv6; 0 for no limit, as where peers come through a proxy',
  }),
  NETWORK_MESSAGES_BURST: integer(300, { min: 4, max: 10_000_000 }).meta({
    description: 'Messages taken from them at once',
  }),
  NETWORK_FILES_PER_SEC: decimal(500, { max: 1_000_000 }).meta({
    description:
      'Files they may announce or withdraw per second; 0 for no limit, as where peers come through a proxy',
  }),
  NETWORK_FILES_BURST: integer(20_000, { min: 1, max: 10_000_000 }).meta({
    description: 'Files they may announce or withdraw at once',
  }),

  NETWORK_NAME_SECRET: secret(z.string().min(16).optional()).meta({
    description:
      'The same at every edge, so that they name the networks of peers alike; unset, the names are of this edge alone',
    secret: true,
  }),
  HOLDING_TIMEOUT_MS: integer(1_500, { min: 100, max: 60_000 }).meta({
    description:
      'Milliseconds a peer may take to prove that it has a file, before a viewer is sent elsewhere',
  }),
  HOLDING_RECHECK_SEC: integer(600, { min: 10, max: 604_800 }).meta({
    description: 'Seconds after which a peer is asked for a proof again',
  }),
  HOLDING_CHALLENGES_PER_SEC: decimal(100, { max: 100_000 }).meta({
    description: 'Proofs this edge asks for per second, besides those for viewers; 0 for no limit',
  }),

  PLAYBACK_JWKS_URL: z.url().default('http://localhost:8080/.well-known/jwks.json').meta({
    description: 'Where the keys that playback tokens are verified with come from',
  }),
  PLAYBACK_JWKS_REFRESH_SEC: integer(300, { min: 1, max: 86_400 }).meta({
    description: 'Seconds between fetches of those keys',
  }),

  HOST: z.string().default('0.0.0.0').meta({ description: 'Host of the HTTP listener' }),
  HTTP_PORT: port(8083).meta({ description: 'Port of GET /health, /ready and /metrics' }),
  ...metricsVariables,
  ...logVariables,

  KAFKA_GROUP_ID: ids.edgeId.default('edge-service').meta({
    description:
      'Consumer group ID; the edge appends its own id, as every edge reads a topic of its own, and `~2` to `~8` while the broker considers a killed predecessor alive',
  }),
  ...busVariables,
  ...tracingVariables,
  ...topicVariables,

  STATE: z.enum(['redis', 'embedded']).default('redis').meta({
    description: 'redis, or embedded for edges of one machine that share the file STATE_PATH',
  }),
  STATE_PATH: z
    .string()
    .default('.data/edge.sqlite')
    .meta({ description: 'SQLite file of the embedded state' }),
  ...redisVariables,

  RETRY_MAX_RETRIES: integer(3, { max: 100 }).meta({
    description: 'Attempts after the first to deliver a command',
  }),
  RETRY_INITIAL_DELAY_MS: integer(100, { max: 3_600_000 }).meta({ description: 'First delay between them' }),
  RETRY_MAX_DELAY_MS: integer(1_000, { max: 3_600_000 }).meta({ description: 'Longest delay between them' }),
  RETRY_JITTER_FACTOR: decimal(0.1, { max: 1 }).meta({ description: 'Share of a delay that is random' }),
};
