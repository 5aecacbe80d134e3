import { isUtf8 } from 'node:buffer';
import { canonicalAddress, type Endpoint, parseEndpoint } from '../endpoints/endpoint.ts';

/** Largest datagram taken or sent, in bytes: below the smallest MTU of IPv6 (1280), so never fragmented. */
export const MAX_DATAGRAM_BYTES = 1_200;
/** Longest token and cookie accepted, in characters. */
const MAX_TOKEN_LENGTH = 1_000;
const MAX_COOKIE_LENGTH = 64;

export type Request =
  | {
      type: 'register';
      peerId: string | null;
      token: string | null;
      /** The sender's endpoint in its own network, for peers in the same one. */
      local: Endpoint | null;
      /** What `your_addr` gave before, empty to ask for one; null from clients without support for cookies. */
      cookie: string | null;
    }
  | { type: 'connect'; target: { address: string } | { peerId: string } }
  /** An answer of a server, which is never answered: two servers would answer each other for ever. */
  | { type: 'answer' }
  | { type: 'invalid'; problem: string };

/** Reads a datagram that is not STUN. Hostile input: whatever it is, the result is one of the above. */
export function parseRequest(datagram: Buffer): Request {
  if (datagram.length > MAX_DATAGRAM_BYTES)
    return invalid(`a datagram has at most ${MAX_DATAGRAM_BYTES} bytes`);
  if (!isUtf8(datagram)) return invalid('malformed json');
  let message: unknown;
  try {
    message = JSON.parse(datagram.toString());
  } catch {
    return invalid('malformed json');
  }
  if (typeof message !== 'object' || message === null || Array.isArray(message))
    return invalid('malformed json');
  const fields = message as Record<string, unknown>;
  switch (fields.type) {
    case 'register':
      return parseRegister(fields);
    case 'connect':
      return parseConnect(fields);
    case 'your_addr':
    case 'peer':
    case 'error':
      return { type: 'answer' };
    default:
      return invalid('unknown message type');
  }
}

function parseRegister({ peer_id, token, local, cookie }: Record<string, unknown>): Request {
  if (!absent(peer_id) && !isPeerId(peer_id)) return invalid('invalid peer_id');
  if (!absent(token) && !isShortText(token, MAX_TOKEN_LENGTH)) return invalid('invalid token');
  if (!absent(cookie) && !isShortText(cookie, MAX_COOKIE_LENGTH)) return invalid('invalid cookie');
  const endpoint = absent(local) ? null : parseEndpoint(local);
  if (endpoint === undefined) return invalid('invalid local');
  return {
    type: 'register',
    peerId: peer_id ?? null,
    token: token ?? null,
    local: endpoint,
    cookie: cookie ?? null,
  };
}

function parseConnect({ target_id, target_ip }: Record<string, unknown>): Request {
  if (!absent(target_id)) {
    if (!isPeerId(target_id)) return invalid('invalid target_id');
    return { type: 'connect', target: { peerId: target_id } };
  }
  if (absent(target_ip) || target_ip === '') return invalid('missing target_ip');
  const address = typeof target_ip === 'string' ? canonicalAddress(target_ip) : null;
  return address === null ? invalid('invalid target_ip') : { type: 'connect', target: { address } };
}

function absent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

/** The platform's peer ids; a test compares it with their schema, whose check would cost as much as all other work. */
const PEER_ID = /^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/;

export function isPeerId(value: unknown): value is string {
  return typeof value === 'string' && PEER_ID.test(value);
}

function isShortText(value: unknown, max: number): value is string {
  return typeof value === 'string' && value.length <= max;
}

function invalid(problem: string): Request {
  return { type: 'invalid', problem };
}

export function formatYourAddress({ address, port }: Endpoint, cookie: string | null): string {
  const addr = `{"type":"your_addr","addr":["${address}",${port}]`;
  return cookie === null ? `${addr}}` : `${addr},"cookie":${JSON.stringify(cookie)}}`;
}

/** What either side of a rendezvous gets of the other. */
export interface PeerNotice {
  endpoint: Endpoint;
  peerId: string | null;
  local: Endpoint | null;
  /** Both sides', to recognize the other's probes; base64url. */
  key: string | null;
}

export function formatPeer({ endpoint, peerId, local, key }: PeerNotice): string {
  let text = `{"type":"peer","peer":["${endpoint.address}",${endpoint.port}]`;
  if (peerId !== null) text += `,"peer_id":"${peerId}"`;
  if (local !== null) text += `,"local":["${local.address}",${local.port}]`;
  if (key !== null) text += `,"key":"${key}"`;
  return `${text}}`;
}

export function formatError(problem: string): string {
  return `{"type":"error","msg":${JSON.stringify(problem)}}`;
}
