import { lanAddresses } from '@giggityflix/kernel/lan-addresses';

/** What the household's checks look at; each may be another one in a test. */
export interface Household {
  /** Addresses at which others of the network reach this machine. */
  addresses: readonly string[];
  ports: { gateway: number; edge: number; stun: number };
  /** Where people watch, as they type it. */
  url: URL;
  /** Where this machine's own peers answer. */
  peerUrl: string;
  /** STUN servers outside of this network, by which the router is known; two at least. */
  publicStunServers: readonly string[];
  turnServers: readonly string[];
  ffmpeg: string;
  ffprobe: string;
  dataDir: string;
  mdnsName: string;
  /** Answers with the time, by its `Date` header. */
  timeUrl: string;
}

const DEFAULT_STUN_SERVERS = ['stun.l.google.com:19302', 'stun.cloudflare.com:3478'];

export interface HouseholdFlags {
  url?: string | undefined;
  address?: readonly string[] | undefined;
  'public-stun'?: readonly string[] | undefined;
  time?: string | undefined;
}

/** The platform that runs on this machine, by the variables of `npm start`. */
export function readHousehold(env: NodeJS.ProcessEnv, flags: HouseholdFlags): Household {
  const port = (name: string, initial: number) => Number(env[name] ?? initial);
  const listed = (text: string | undefined) =>
    (text ?? '')
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  const given = flags.address ?? listed(env.STACK_LAN_ADDRESSES);
  const addresses = given.length > 0 ? given : lanAddresses();
  const gateway = port('GATEWAY_PORT', 4000);
  return {
    addresses,
    ports: { gateway, edge: port('EDGE_PORT', 50051), stun: port('MATCHMAKER_PORT', 12345) },
    url: new URL(flags.url ?? `http://${addresses[0] ?? '127.0.0.1'}:${gateway}`),
    peerUrl: `http://127.0.0.1:${port('PEER_HTTP_PORT', 8090)}`,
    publicStunServers: flags['public-stun'] ?? DEFAULT_STUN_SERVERS,
    turnServers: listed(env.TURN_SERVERS),
    ffmpeg: env.FFMPEG_PATH ?? 'ffmpeg',
    ffprobe: env.FFPROBE_PATH ?? 'ffprobe',
    dataDir: env.STACK_DATA_DIR ?? '.data',
    mdnsName: 'giggityflix.local',
    timeUrl: flags.time ?? 'https://www.cloudflare.com',
  };
}
