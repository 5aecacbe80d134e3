import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  EnvironmentError,
  parseEnvironment,
  type RawEnvironment,
  sharedSecretProblem,
} from '@giggityflix/kernel';
import { parseInvitation } from '@giggityflix/proto/invitation';
import { z } from 'zod';
import { DEFAULT_STUN_SERVER, portsOf, variables } from './variables.ts';

export { variables };

export type PeerConfig = ReturnType<typeof readEnvironment>;

/**
 * The configuration as one nested object, paths absolute. `flags` of the command line, by the variable they stand
 * for, come before the variables.
 *
 * @throws EnvironmentError naming every variable that is wrong.
 */
export function readEnvironment(env: RawEnvironment = process.env, flags: RawEnvironment = {}) {
  const given = Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
  const v = parseEnvironment(variables, { ...env, ...given });
  const weaknesses = (['JWT_SECRET', 'JWT_ACCEPTED_SECRET'] as const).flatMap((name) => {
    const secret = v.NODE_ENV === 'production' ? v[name] : undefined;
    const weakness = secret === undefined ? null : sharedSecretProblem(secret);
    return weakness ? [`${name} ${weakness}`] : [];
  });
  const contradictions = [
    ...weaknesses,
    ...(v.PEER_ID || v.AUTO_GENERATE_ID
      ? []
      : ['PEER_ID is not set and AUTO_GENERATE_ID is false: this peer has no id']),
    ...(!v.GRPC_CLIENT_CERT_PATH === !v.GRPC_CLIENT_KEY_PATH
      ? []
      : ['GRPC_CLIENT_CERT_PATH and GRPC_CLIENT_KEY_PATH belong together: set both or neither']),
  ];
  if (contradictions.length > 0) throw new EnvironmentError(contradictions);
  const isSet = (name: string) => given[name] !== undefined || Boolean(env[name]);
  return {
    /** What the owner set where the daemon is started, which comes before what is set in its page. */
    given: {
      mediaDirs: isSet('MEDIA_DIRS'),
      bandwidth: isSet('WEBRTC_MAX_BANDWIDTH_KBPS'),
      remoteDelete: isSet('ALLOW_REMOTE_DELETE'),
    },
    media: {
      dirs: [...new Set(v.MEDIA_DIRS.map(absolute))],
      extensions: v.INCLUDE_EXTENSIONS.map((e) => `.${e.replace(/^\./, '')}`.toLowerCase()),
      excludeDirs: v.EXCLUDE_DIRS.map((dir) => (/[/\\~]/.test(dir) ? absolute(dir) : dir)),
      scanIntervalMs: v.SCAN_INTERVAL_MINUTES * 60_000,
      watch: v.WATCH,
      extractMetadata: v.EXTRACT_METADATA,
      detectIntros: v.DETECT_INTROS,
    },
    hashing: {
      algorithms: [...new Set(v.HASH_ALGORITHMS.map((name) => name.toLowerCase()))],
      workers: v.HASH_WORKERS,
      maxBytesPerSecond: v.HASH_MAX_MB_PER_SEC * 1e6,
    },
    edge: {
      addresses: v.EDGE_GRPC_ADDRESS,
      /** They are the owner's choice, and not the network's that an invitation names. */
      isGiven: isSet('EDGE_GRPC_ADDRESS'),
      reconnect: {
        initialMs: v.GRPC_RECONNECT_INITIAL_MS,
        maxMs: v.GRPC_RECONNECT_INTERVAL_SEC * 1_000,
        quickAttempts: v.GRPC_MAX_RECONNECT_ATTEMPTS,
      },
      heartbeatIntervalMs: v.GRPC_HEARTBEAT_INTERVAL_SEC * 1_000,
      timeoutMs: v.GRPC_TIMEOUT_SEC * 1_000,
      tls: v.GRPC_USE_TLS
        ? {
            certPath: v.GRPC_CERT_PATH ? absolute(v.GRPC_CERT_PATH) : null,
            clientCertPath: v.GRPC_CLIENT_CERT_PATH ? absolute(v.GRPC_CLIENT_CERT_PATH) : null,
            clientKeyPath: v.GRPC_CLIENT_KEY_PATH ? absolute(v.GRPC_CLIENT_KEY_PATH) : null,
          }
        : null,
      enrolmentToken: v.ENROLMENT_TOKEN,
      /** Its code; null for none. */
      invitation: parseInvitation(v.PEER_INVITATION),
      /** As it was given: a link may name the network. */
      invitationText: v.PEER_INVITATION,
    },
    peer: {
      id: v.PEER_ID ?? null,
      dataDir: absolute(v.DATA_DIR),
      describeAgainMs: v.DESCRIBE_AGAIN_HOURS * 3_600_000,
      allowRemoteDelete: v.ALLOW_REMOTE_DELETE,
    },
    screenshots: { cacheBytes: v.SCREENSHOT_CACHE_SIZE_MB * 1_048_576, automatic: v.AUTO_SCREENSHOTS },
    http: {
      host: v.HTTP_HOST,
      port: v.HTTP_PORT,
      allowedHosts: v.ALLOWED_HOSTS,
      metricsAllowed: v.METRICS_ALLOWED,
    },
    upnp: v.ENABLE_UPNP,
    ffmpeg: { path: v.FFMPEG_PATH, probePath: v.FFPROBE_PATH },
    webrtc: {
      ...(v.STUN_SERVERS.join() === DEFAULT_STUN_SERVER
        ? { stunServers: [], fallbackStunServers: v.STUN_SERVERS }
        : { stunServers: v.STUN_SERVERS, fallbackStunServers: [] }),
      turnServers: v.TURN_SERVERS,
      turnUsername: v.TURN_USERNAME,
      turnPassword: v.TURN_PASSWORD,
      maxBandwidthKbps: v.WEBRTC_MAX_BANDWIDTH_KBPS,
      limitsOwnNetwork: v.WEBRTC_LIMIT_OWN_NETWORK,
      maxStreams: v.MAX_STREAMS,
      jwtSecret: v.JWT_SECRET ?? null,
      jwtAcceptedSecret: v.JWT_ACCEPTED_SECRET ?? null,
      ports: portsOf(v.WEBRTC_PORT_RANGE),
    },
    logLevel: v.LOG_LEVEL,
  };
}

export interface Setting {
  name: string;
  /** As the environment gives it, or the default; null where there is none, asterisks for a secret. */
  value: string | null;
  isSet: boolean;
  description: string;
}

/** Every variable with the value in force, for people. */
export function describeEnvironment(env: RawEnvironment = process.env): Setting[] {
  return Object.entries(variables.shape).map(([name, schema]) => {
    const meta = (schema.meta() ?? {}) as { description?: string; secret?: boolean };
    const isSet = env[name] !== undefined || (meta.secret === true && env[`${name}_FILE`] !== undefined);
    const initial = z.toJSONSchema(schema, { io: 'input' }).default as string | undefined;
    const value = env[name] ?? initial ?? null;
    return {
      name,
      value: meta.secret && (value || isSet) ? '***' : value,
      isSet,
      description: meta.description ?? '',
    };
  });
}

/** An absolute path; a leading tilde is the home directory. */
export function absolute(path: string): string {
  return resolve(path.startsWith('~/') || path === '~' ? join(homedir(), path.slice(1)) : path);
}

/** What programs that the daemon starts know of its environment: where programs are. No token, folder or proxy. */
export function programEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot } = process.env;
  return { ...(PATH === undefined ? {} : { PATH }), ...(SystemRoot === undefined ? {} : { SystemRoot }) };
}

/** Where programs of this user keep settings, by the XDG Base Directory Specification. */
export function settingsFolder(): string {
  return process.env.XDG_CONFIG_HOME || join(homedir(), '.config');
}
