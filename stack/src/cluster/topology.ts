import { type Topology, topologySchema } from './topology.schema.ts';

const AUTH = {
  AUTH_ISSUER: '{public:identity}',
  AUTH_JWKS_URL: '{url:identity}/.well-known/jwks.json',
  SERVICE_TOKENS_FILE: '{secret:service_token}',
};
const CALLS = { SERVICE_TOKEN_FILE: '{secret:service_token}' };
const BUS = { KAFKA_BOOTSTRAP_SERVERS: '{nodes:kafka}' };
const STATE = { REDIS_CLUSTER_NODES: '{nodes:redis}' };

/** Of processes that listen on loopback, behind a balancer there. */
const LOOPBACK = { NODE_ENV: 'production', HOST: '127.0.0.1', LOG_LEVEL: 'info' };
const BEHIND_BALANCER = { ...LOOPBACK, TRUSTED_PROXIES: '127.0.0.1' };

/**
 * The installation of two of each: what runs, how many of it, what it is told, and what it needs first. `npm run start:cluster` runs
 * it on one machine; `deploy/compose.yaml` and docs/operating.md are compared with it.
 */
export const topology: Topology = topologySchema.parse({
  databases: {
    giggityflix: ['catalog', 'viewing'],
    // Of its own: whoever reads it can sign in as anyone.
    giggityflix_identity: ['identity'],
  },
  processes: [
    {
      kind: 'kafka',
      replicas: 3,
      smallReplicas: 1,
      ports: { broker: 9_092, controller: 9_093 },
      needs: [],
    },
    { kind: 'postgres', replicas: 1, ports: { database: 5_432 }, needs: [] },
    { kind: 'redis', replicas: 6, ports: { redis: 6_379, bus: 16_379 }, needs: [] },
    { kind: 'coturn', replicas: 1, ports: { turn: 3_478 }, needs: [] },
    { kind: 'balancer', replicas: 1, ports: { status: 8_404 }, needs: [] },
    {
      kind: 'identity',
      replicas: 2,
      script: 'subgraphs/identity/src/main.ts',
      ports: { http: 8_081 },
      balanced: 'http',
      health: 'http',
      needs: ['kafka', 'postgres'],
      variables: {
        ...BUS,
        ...CALLS,
        AUTH_ISSUER: AUTH.AUTH_ISSUER,
        SERVICE_TOKENS_FILE: AUTH.SERVICE_TOKENS_FILE,
        DATABASE_URL_FILE: '{secret:identity_database_url}',
        PAGE_REDIRECT_URIS: '{pages:gateway}',
        CATALOG_SERVICE_URL: '{url:catalog}',
      },
      onOneMachine: { ...BEHIND_BALANCER, PORT: '{port:http}' },
    },
    {
      kind: 'catalog',
      replicas: 2,
      script: 'subgraphs/catalog/src/main.ts',
      ports: { http: 8_082 },
      balanced: 'http',
      health: 'http',
      needs: ['kafka', 'postgres'],
      variables: { ...AUTH, ...BUS, DATABASE_URL_FILE: '{secret:database_url}' },
      onOneMachine: { ...LOOPBACK, PORT: '{port:http}' },
    },
    {
      kind: 'tracker',
      replicas: 2,
      script: 'subgraphs/tracker/src/main.ts',
      ports: { http: 8_000 },
      balanced: 'http',
      health: 'http',
      needs: ['kafka', 'redis'],
      variables: {
        ...AUTH,
        ...BUS,
        ...STATE,
        ...CALLS,
        CATALOG_SERVICE_URL: '{url:catalog}',
        INVITATION_EDGES: '{nodes:edge}',
        INVITATION_CA_PATH: '{file:edge_ca}',
      },
      onOneMachine: { ...BEHIND_BALANCER, PORT: '{port:http}' },
    },
    {
      kind: 'viewing',
      replicas: 2,
      script: 'subgraphs/viewing/src/main.ts',
      ports: { http: 8_080 },
      balanced: 'http',
      health: 'http',
      needs: ['kafka', 'redis', 'postgres'],
      variables: {
        ...AUTH,
        ...BUS,
        ...STATE,
        ...CALLS,
        DATABASE_URL_FILE: '{secret:database_url}',
        IDENTITY_SERVICE_URL: '{url:identity}',
        CONTENT_SERVICE_URL: '{url:catalog}',
        TRACKER_SERVICE_URL: '{url:tracker}',
        STUN_SERVERS: '{stun:matchmaker}',
        TURN_SERVERS: '{turn:coturn}',
        TURN_SECRET_FILE: '{secret:turn_secret}',
      },
      onOneMachine: { ...BEHIND_BALANCER, SERVER_PORT: '{port:http}' },
    },
    {
      kind: 'gateway',
      replicas: 2,
      script: 'gateway/src/main.ts',
      ports: { http: 4_000 },
      balanced: 'http',
      health: 'http',
      needs: ['kafka'],
      variables: {
        ...AUTH,
        ...BUS,
        SIGN_IN_CLIENT_ID: 'giggityflix-page',
        SUPERGRAPH_FILE: '{root}/deploy/supergraph-people.graphql',
        SUBGRAPHS:
          'catalog={url:catalog}/graphql,tracker={url:tracker}/graphql,viewing={url:viewing}/graphql,identity={url:identity}/graphql',
        GATEWAY_WEB_ROOT: '{web}',
      },
      onOneMachine: { ...BEHIND_BALANCER, PORT: '{port:http}' },
    },
    {
      kind: 'edge',
      replicas: 2,
      script: 'edge/src/main.ts',
      ports: { grpc: 50_051, http: 8_083 },
      health: 'http',
      needs: ['kafka', 'redis'],
      variables: {
        ...BUS,
        ...STATE,
        EDGE_ID: '{name}',
        NETWORK_NAME_SECRET_FILE: '{secret:network_name_secret}',
        GRPC_CERT_PATH: '{file:edge_cert}',
        GRPC_KEY_PATH: '{file:edge_key}',
        PLAYBACK_JWKS_URL: '{url:viewing}/.well-known/jwks.json',
      },
      onOneMachine: {
        ...LOOPBACK,
        GRPC_SERVER_ADDRESS: '127.0.0.1:{port:grpc}',
        // The other cores are for the other processes.
        GRPC_MAX_WORKERS: '1',
        HTTP_PORT: '{port:http}',
      },
    },
    {
      kind: 'matchmaker',
      replicas: 1,
      script: 'matchmaker/src/main.ts',
      ports: { udp: 12_345, http: 8_084 },
      health: 'http',
      needs: ['redis'],
      variables: { ...AUTH, ...STATE },
      onOneMachine: {
        ...LOOPBACK,
        MATCHMAKER_HOST: '127.0.0.1',
        MATCHMAKER_PORT: '{port:udp}',
        HTTP_PORT: '{port:http}',
      },
    },
    {
      kind: 'peer',
      replicas: 3,
      script: 'peer/src/main.ts',
      ports: { http: 8_090 },
      health: 'http',
      needs: ['edge'],
      variables: {
        DATA_DIR: '{folder:data}',
        MEDIA_DIRS: '{folder:films}',
        EDGE_GRPC_ADDRESS: '{nodes:edge}',
        GRPC_USE_TLS: 'true',
        GRPC_CERT_PATH: '{file:edge_ca}',
      },
      onOneMachine: {
        NODE_ENV: 'production',
        LOG_LEVEL: 'info',
        HTTP_HOST: '127.0.0.1',
        HTTP_PORT: '{port:http}',
        ENABLE_UPNP: 'false',
        STUN_SERVERS: '{stun:matchmaker}',
        // All of them share one processor.
        HASH_WORKERS: '1',
      },
    },
  ],
});
