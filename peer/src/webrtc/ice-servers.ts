import type { IceServer } from 'node-datachannel';

/** An ICE server as `RTCConfiguration` takes it. */
export interface IceServerConfig {
  urls: string[];
  username?: string;
  credential?: string;
}

/** What the library asks of servers: one STUN server, and relays over UDP. */
const MAX_STUN_SERVERS = 1;
const MAX_TURN_SERVERS = 2;

/** RFC 7064 and RFC 7065: the port when none is given. */
const DEFAULT_PORT = 3_478;

/** `stun:host:port` and `turn:host:port?transport=udp`; IPv6 addresses in brackets. */
const SERVER_URL = /^(stun|turn):(\[[0-9a-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/i;

/**
 * The servers that can be used, in the order given: the first for STUN and the first two relays over UDP. TLS and TCP to
 * servers (`stuns:`, `turns:`, `transport=tcp`) are not spoken, nor is a relay without a credential any use.
 */
export function usableServers(servers: readonly IceServerConfig[]): IceServer[] {
  const all = servers.flatMap(({ urls, username, credential }) =>
    urls.map((url) => parseServer(url, username, credential)).filter((server) => server !== null),
  );
  return [
    ...all.filter(({ relayType }) => !relayType).slice(0, MAX_STUN_SERVERS),
    ...all.filter(({ relayType }) => relayType).slice(0, MAX_TURN_SERVERS),
  ];
}

function parseServer(url: string, username?: string, credential?: string): IceServer | null {
  const [, scheme, host, digits, transport = 'udp'] = SERVER_URL.exec(url) ?? [];
  if (!scheme || !host || transport.toLowerCase() !== 'udp') return null;
  const hostname = host.replace(/^\[|\]$/g, '');
  const port = digits === undefined ? DEFAULT_PORT : Number(digits);
  if (port < 1 || port > 65_535) return null;
  if (scheme.toLowerCase() === 'stun') return { hostname, port };
  if (!username || !credential) return null;
  return { hostname, port, username, password: credential, relayType: 'TurnUdp' };
}
