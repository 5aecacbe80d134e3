import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { RawEnvironment } from '@giggityflix/kernel';
import type { StackConfig } from './environment.ts';
import { authorityFiles, certificateFiles } from './https.ts';
import { HTTPS_VARIABLE } from './https-choice.ts';
import { stunServers } from './hub-environment.ts';
import { trustOf } from './identity.ts';
import { ISSUER_JWKS_PATH } from './issuer.ts';
import { EDGE_LIMITS, forLargeLibraries } from './large-libraries.ts';
import { ROOT } from './paths.ts';

/** A process of the all-in-one: what to run, and the variables it is given. */
export interface ProcessPlan {
  name: 'certificates' | 'hub' | 'edge' | 'matchmaker' | 'peer';
  /** The others are started when this one has. */
  isFirst?: boolean;
  /** Options of Node.js. */
  nodeOptions: readonly string[];
  script: string;
  arguments: readonly string[];
  environment: RawEnvironment;
}

/**
 * What the all-in-one gives up for memory, at home's load. The halves of V8's young generation grow to 16 MB each under
 * load and stay so large; with these limits the four processes hold 150 MB less once they are idle. At 1 MB the edge
 * takes 28 % more CPU for a message when it is saturated; at 2 MB the hub takes 4 % more for a request. Without
 * TurboFan a process holds 5 MB less: the edge takes 5 % more CPU for a message, the peer no more for a film.
 * `--expose-gc` lets each process return the garbage of its start: 25 MB. Without Node.js' snapshot the edge holds 4 MB
 * less and starts 50 ms later, while the hub is still starting.
 */
const NODE_OPTIONS: Readonly<Record<ProcessPlan['name'], readonly string[]>> = {
  certificates: ['--max-semi-space-size=1', '--no-opt'],
  hub: ['--max-semi-space-size=2', '--expose-gc'],
  edge: ['--max-semi-space-size=1', '--expose-gc', '--no-opt', '--no-node-snapshot'],
  matchmaker: ['--max-semi-space-size=1', '--expose-gc', '--no-opt'],
  peer: ['--max-semi-space-size=1', '--expose-gc', '--no-opt'],
};

const LOOPBACK = '127.0.0.1';
const EVERYWHERE = '0.0.0.0';

/**
 * The processes of the all-in-one and their variables: embedded adapters under one data folder, everything on
 * loopback, every visitor the demo user unless `AUTH_MODE` is `jwt`. A variable the operator set reaches the services unchanged unless
 * the composition depends on it.
 */
export function planProcesses(config: StackConfig): ProcessPlan[] {
  const { ports, lan } = config;
  const inherited = lan ? { ...forLan(config.inherited), ...trustOf(config) } : config.inherited;
  const data = (path: string) => join(config.dataDir, path);
  const common: RawEnvironment = {
    ...inherited,
    LOG_LEVEL: config.logLevel,
    HOST: LOOPBACK,
    // An operator may have people sign in here too, at a provider of theirs.
    AUTH_MODE: inherited.AUTH_MODE ?? 'demo',
    AUTH_JWKS_URL: inherited.AUTH_JWKS_URL ?? `file://${data(ISSUER_JWKS_PATH)}`,
    BUS: inherited.BUS ?? (inherited.KAFKA_BOOTSTRAP_SERVERS ? 'kafka' : 'embedded'),
    BUS_PATH: data('bus/bus.db'),
    STATE: 'embedded',
    // One heap of glibc for all threads of a process: with more the hub's threads leave 20 MB of free space in theirs.
    MALLOC_ARENA_MAX: inherited.MALLOC_ARENA_MAX ?? '1',
  };
  const token = tokenOfOwnPeer(inherited);
  return [
    ...certificates(common, config),
    {
      name: 'matchmaker',
      nodeOptions: NODE_OPTIONS.matchmaker,
      script: script('matchmaker/src/main.ts'),
      arguments: [],
      environment: matchmaker(common, config),
    },
    {
      name: 'hub',
      nodeOptions: NODE_OPTIONS.hub,
      script: script('stack/src/hub-main.ts'),
      arguments: [],
      environment: {
        ...common,
        STACK_DATA_DIR: config.dataDir,
        STACK_LAN_ADDRESSES: lan?.addresses.join(','),
        STACK_IDENTITY_URL: config.identityUrl ?? undefined,
        ...https(config),
      },
    },
    {
      name: 'edge',
      nodeOptions: NODE_OPTIONS.edge,
      script: script('edge/src/main.ts'),
      arguments: [],
      environment: {
        ...common,
        STATE_PATH: data('state/edge.db'),
        EDGE_ID: inherited.EDGE_ID ?? 'edge-1',
        GRPC_SERVER_ADDRESS: `${lan ? EVERYWHERE : LOOPBACK}:${ports.edge}`,
        ...edgeTls(config),
        GRPC_MAX_WORKERS: '1',
        DRAIN_TIMEOUT_SEC: inherited.DRAIN_TIMEOUT_SEC ?? '0',
        ...forLargeLibraries(inherited, EDGE_LIMITS, { isLan: lan !== null }),
        HTTP_PORT: String(ports.edgeHttp),
        ...(token ? { ENROLMENT_TOKENS: token } : {}),
        PLAYBACK_JWKS_URL: `http://${LOOPBACK}:${ports.viewing}/.well-known/jwks.json`,
      },
    },
    {
      name: 'peer',
      nodeOptions: NODE_OPTIONS.peer,
      script: script('peer/src/main.ts'),
      arguments: [],
      environment: {
        ...common,
        ...(token ? { ENROLMENT_TOKEN: token } : {}),
        DATA_DIR: data('peer'),
        MEDIA_DIRS: config.mediaDirs.join(','),
        EDGE_GRPC_ADDRESS: `${LOOPBACK}:${ports.edge}`,
        GRPC_USE_TLS: 'false',
        GRPC_RECONNECT_INTERVAL_SEC: inherited.GRPC_RECONNECT_INTERVAL_SEC ?? '1',
        HTTP_PORT: String(ports.peerHttp),
        HTTP_HOST: LOOPBACK,
        ENABLE_UPNP: inherited.ENABLE_UPNP ?? 'false',
        STUN_SERVERS: inherited.STUN_SERVERS ?? stunServers(config),
        WEBRTC_MAX_BANDWIDTH_KBPS: inherited.WEBRTC_MAX_BANDWIDTH_KBPS ?? '1000000',
      },
    },
  ];
}

/** Who is let in from the network signs in, and peers of it need an invitation unless the operator wants it otherwise. */
function forLan(inherited: RawEnvironment): RawEnvironment {
  return { ...inherited, AUTH_MODE: 'jwt', ENROLMENT: inherited.ENROLMENT ?? 'invitation' };
}

/** Where peers need an invitation, the one that comes along has a token, good for this run; unless the operator hands out tokens. */
function tokenOfOwnPeer(inherited: RawEnvironment): string | null {
  const given = ['ENROLMENT_TOKENS', 'ENROLMENT_TOKEN'].flatMap((name) => [name, `${name}_FILE`]);
  if (inherited.ENROLMENT !== 'invitation' || given.some((name) => inherited[name])) return null;
  return randomBytes(32).toString('base64url');
}

/** What the hub's services serve HTTPS with. */
function https(config: StackConfig): RawEnvironment {
  const files = certificateFiles(config);
  return {
    [HTTPS_VARIABLE]: config.https ? JSON.stringify(config.https) : undefined,
    TLS_CERT_PATH: files?.certPath,
    TLS_KEY_PATH: files?.keyPath,
    GATEWAY_AUTHORITY_PATH: authorityFiles(config)?.certPath ?? config.inherited.GATEWAY_AUTHORITY_PATH,
  };
}

/** Peers that come from outside do so over TLS; those of the house that know it by its address alone go on in plain text. */
function edgeTls(config: StackConfig): RawEnvironment {
  const files = certificateFiles(config);
  if (!files) return { GRPC_USE_TLS: 'false' };
  return {
    GRPC_USE_TLS: 'true',
    GRPC_CERT_PATH: files.certPath,
    GRPC_KEY_PATH: files.keyPath,
    GRPC_PLAIN_TEXT_FROM: 'local',
  };
}

/** Where a certificate is given, nobody keeps one. */
function certificates(common: RawEnvironment, config: StackConfig): ProcessPlan[] {
  if (!config.https || config.https.kind === 'files') return [];
  return [
    {
      name: 'certificates',
      isFirst: true,
      nodeOptions: NODE_OPTIONS.certificates,
      script: script('stack/src/certificates/main.ts'),
      arguments: [],
      environment: {
        ...common,
        STACK_DATA_DIR: config.dataDir,
        STACK_LAN_ADDRESSES: config.lan?.addresses.join(','),
        ...https(config),
      },
    },
  ];
}

function matchmaker(common: RawEnvironment, config: StackConfig): RawEnvironment {
  return {
    ...common,
    MATCHMAKER_HOST: config.lan ? EVERYWHERE : LOOPBACK,
    MATCHMAKER_PORT: String(config.ports.matchmaker),
    HTTP_PORT: String(config.ports.matchmakerHttp),
  };
}

function script(path: string): string {
  return join(ROOT, path);
}
