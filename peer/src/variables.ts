import { getHashes } from 'node:crypto';
import { metricsVariables } from '@giggityflix/http/scrapers';
import { emptyAllowed, flag, integer, list, logVariables, port, secret } from '@giggityflix/kernel';
import { parseInvitation } from '@giggityflix/proto/invitation';
import { z } from 'zod';

/** A public server, for a platform that names none. */
export const DEFAULT_STUN_SERVER = 'stun:stun.l.google.com:19302';

/** Every variable the daemon reads, with its default and its description; `environment.ts` reads them. */
export const variables = z.object({
  NODE_ENV: z.string().default('development').meta({ description: '`production` refuses unsafe settings.' }),
  MEDIA_DIRS: emptyAllowed(list('')).meta({
    emptyAllowed: true,
    description: 'Comma-separated directories to scan for media files.',
  }),
  INCLUDE_EXTENSIONS: list('.mp4,.mkv,.avi,.mov,.m4v,.webm,.ts,.m2ts,.mts,.mpg,.mpeg,.wmv,.flv,.ogv').meta({
    description:
      'Comma-separated file extensions to include, in any case. The documented four come first in the default; the other kinds of films that a peer opens follow.',
  }),
  EXCLUDE_DIRS: list('').meta({
    description:
      'Comma-separated directories not to scan: absolute paths, or names that are skipped wherever they occur.',
  }),
  SCAN_INTERVAL_MINUTES: integer(60, { min: 1, max: 525_600 }).meta({
    description: 'Minutes between complete scans. Changes in between are noticed as they happen.',
  }),
  WATCH: flag(true).meta({ description: 'Whether to notice changes as they happen, between scans.' }),
  HASH_ALGORITHMS: emptyAllowed(list('md5,sha1'))
    .refine((names) => names.every((name) => getHashes().includes(name.toLowerCase())), {
      error: `expected names among ${['md5', 'sha1', 'sha256', 'sha384', 'sha512'].join(', ')} and what else OpenSSL has`,
    })
    .meta({
      emptyAllowed: true,
      description: 'Comma-separated hashes computed in the same read as the catalog id.',
    }),
  HASH_WORKERS: integer(0, { max: 64 }).meta({
    description: 'Threads that hash and read metadata; 0 takes half the cores, at least two.',
  }),
  HASH_MAX_MB_PER_SEC: integer(0, { max: 1_000_000 }).meta({
    description:
      'Most megabytes a second to read while hashing; 0 for no limit. Hashing always yields to other programs.',
  }),
  EXTRACT_METADATA: flag(true).meta({ description: 'Whether to extract metadata from media files.' }),
  DETECT_INTROS: flag(true).meta({
    description:
      'Whether to compare the sound of the episodes of a season, in the background, to find their intros and credits.',
  }),
  DESCRIBE_AGAIN_HOURS: integer(24, { max: 8_760 }).meta({
    description:
      'Age in hours at which the description of a film is sent again, for a catalog that lost it; 0 for never.',
  }),

  EDGE_GRPC_ADDRESS: list('localhost:50051')
    .refine(
      (addresses) =>
        addresses.length > 0 && addresses.every((a) => /^(\[[0-9a-fA-F:.]+\]|[^\s:/]+):\d{1,5}$/.test(a)),
      {
        error: 'expected host:port, or several separated by commas',
      },
    )
    .meta({ description: 'Address of the Edge Service; several, comma-separated, are tried in turn.' }),
  GRPC_RECONNECT_INTERVAL_SEC: integer(10, { min: 1, max: 86_400 }).meta({
    description: 'Longest wait between reconnection attempts. The first waits are shorter and grow.',
  }),
  GRPC_RECONNECT_INITIAL_MS: integer(250, { min: 10, max: 60_000 }).meta({
    description:
      'Wait before the first reconnection attempt, in milliseconds; doubled, with jitter, after each.',
  }),
  GRPC_MAX_RECONNECT_ATTEMPTS: integer(5, { max: 1_000 }).meta({
    description:
      'Quick attempts before the daemon settles into one every GRPC_RECONNECT_INTERVAL_SEC. It never gives up.',
  }),
  GRPC_HEARTBEAT_INTERVAL_SEC: integer(30, { min: 1, max: 3_600 }).meta({
    description: 'Seconds between heartbeats; shorter if the edge asks for it.',
  }),
  GRPC_TIMEOUT_SEC: integer(5, { min: 1, max: 600 }).meta({
    description: 'Seconds to wait for a connection and its registration.',
  }),
  GRPC_USE_TLS: flag(false).meta({ description: 'Whether to use TLS for gRPC.' }),
  GRPC_CERT_PATH: z.string().optional().meta({
    description:
      'PEM file with the certificates that may sign the edge; default: those everyone trusts, and those of the system.',
  }),
  GRPC_CLIENT_CERT_PATH: z.string().optional().meta({
    description: 'PEM certificate to present to an edge that asks for one (mTLS).',
  }),
  GRPC_CLIENT_KEY_PATH: z.string().optional().meta({ description: 'PEM key of GRPC_CLIENT_CERT_PATH.' }),
  ENROLMENT_TOKEN: secret(
    z
      .string()
      .default('')
      .meta({ description: 'Token of an edge that admits peers with a token.', emptyAllowed: true }),
  ),

  PEER_INVITATION: secret(
    z
      .string()
      .default('')
      .refine((text) => text === '' || parseInvitation(text) !== null, {
        error: 'expected the code of an invitation, or its link',
      })
      .meta({
        description: 'Code or link of an invitation, as `giggityflix-peer join` takes it.',
        emptyAllowed: true,
      }),
  ),

  PEER_ID: z
    .string()
    .regex(/^[A-Za-z0-9._~-]{1,128}$/, { error: 'expected 1 to 128 letters, digits, ".", "_", "~" or "-"' })
    .optional()
    .meta({ description: 'Identifier of this peer; bound to its key by the first edge that sees it.' }),
  AUTO_GENERATE_ID: flag(true).meta({
    description: "Whether to derive the peer's id from its key if PEER_ID is not set.",
  }),
  DATA_DIR: z
    .string()
    .default('~/.giggityflix')
    .meta({ description: 'Directory of the key, the index and the screenshots.' }),
  SCREENSHOT_CACHE_SIZE_MB: integer(100, { max: 1_000_000 }).meta({
    description: 'Size of the screenshot cache.',
  }),
  AUTO_SCREENSHOTS: integer(3, { max: 10 }).meta({
    description: 'Screenshots taken of each new film for the catalog, if FFmpeg is there; 0 for none.',
  }),
  ALLOW_REMOTE_DELETE: flag(false).meta({
    description: 'Whether the platform may delete files on this machine (command file_delete).',
  }),
  HTTP_PORT: port(8080).meta({ description: 'Port of the local status page.' }),
  HTTP_HOST: z.string().default('127.0.0.1').meta({ description: 'Address the status page listens on.' }),
  ...metricsVariables,
  ALLOWED_HOSTS: list('').meta({
    description:
      'Names under which the status page is reached, comma-separated, beside those of this machine and of local networks.',
  }),
  ENABLE_UPNP: flag(true).meta({
    description: 'Whether to ask the router for port mappings (UPnP, NAT-PMP).',
  }),
  FFMPEG_PATH: z.string().default('ffmpeg').meta({ description: 'FFmpeg, for screenshots and transcoding.' }),
  FFPROBE_PATH: z
    .string()
    .default('ffprobe')
    .meta({ description: 'ffprobe, for containers nothing else reads.' }),

  STUN_SERVERS: emptyAllowed(list(DEFAULT_STUN_SERVER)).meta({
    emptyAllowed: true,
    description:
      'Comma-separated STUN servers; the first is asked. Unless this is set, the one the platform names comes first.',
  }),
  TURN_SERVERS: list('').meta({
    description: 'Comma-separated TURN servers, reached over UDP; two are used at most.',
  }),
  TURN_USERNAME: z
    .string()
    .default('')
    .meta({ description: 'Username for the TURN servers.', emptyAllowed: true }),
  TURN_PASSWORD: secret(
    z.string().default('').meta({ description: 'Password for the TURN servers.', emptyAllowed: true }),
  ),
  WEBRTC_MAX_BANDWIDTH_KBPS: integer(5_000, { max: 100_000_000 }).meta({
    description: 'Most kilobits a second to all viewers together; 0 for no limit.',
  }),
  WEBRTC_LIMIT_OWN_NETWORK: flag(false).meta({
    description: 'Whether that limit applies to viewers in the network this machine is in, too.',
  }),
  WEBRTC_PORT_RANGE: z
    .string()
    .regex(/^\d{1,5}-\d{1,5}$/, { error: 'expected first-last, such as 50200-50215' })
    .refine(isPortRange, {
      error: 'expected two ports from 1024 to 65535, the first not above the last, at most 64 of them',
    })
    .optional()
    .meta({
      description:
        'UDP ports that WebRTC uses, and that ENABLE_UPNP asks the router for, such as 50200-50215; default: any port.',
    }),
  JWT_SECRET: secret(
    z.string().optional().meta({
      description:
        'Takes HS256 playback tokens signed with this secret, beside those of the published keys. With NODE_ENV=production of 32 bytes or more, as at the viewing service.',
    }),
  ),
  JWT_ACCEPTED_SECRET: secret(
    z.string().optional().meta({
      description:
        'A further secret whose HS256 tokens are taken, for the time in which JWT_SECRET is changed.',
    }),
  ),
  MAX_STREAMS: integer(20, { min: 1, max: 10_000 }).meta({ description: 'Most viewers served at once.' }),

  ...logVariables,
});

/** Most ports that one peer asks a router for. */
const MAX_PORTS = 64;

function isPortRange(text: string): boolean {
  const [first = 0, last = 0] = text.split('-').map(Number);
  return first >= 1_024 && last <= 65_535 && first <= last && last - first < MAX_PORTS;
}

/** Every port of a range such as 50200-50215. */
export function portsOf(range: string | undefined): number[] {
  if (!range) return [];
  const [first = 0, last = 0] = range.split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
