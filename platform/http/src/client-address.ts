import { isIPv4, isIPv6 } from 'node:net';
import { list } from '@giggityflix/kernel';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';

/** The proxies whose headers are believed. */
export interface TrustedProxies {
  /** Addresses and CIDR blocks, as they were given. */
  readonly ranges: readonly string[];
  /** Whether `cf-connecting-ip` of such a proxy is believed, before `x-forwarded-for`. */
  readonly believesCloudflare: boolean;
  includes(ip: string): boolean;
}

/** What of an HTTP request says where it comes from; Node.js' and Fastify's requests both do. */
export interface AddressedRequest {
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * `believesCloudflare` is for a server whose proxies set `cf-connecting-ip` themselves: others pass on what a client
 * wrote there.
 * @throws Error naming the entry that is neither an address nor a CIDR block.
 */
export function parseTrustedProxies(
  ranges: readonly string[],
  { believesCloudflare = false } = {},
): TrustedProxies {
  const blocks = ranges.map(parseBlock);
  return {
    ranges,
    believesCloudflare,
    includes(ip) {
      const address = parseAddress(ip);
      return address !== null && blocks.some((block) => isWithin(address, block));
    },
  };
}

export const NO_PROXIES: TrustedProxies = parseTrustedProxies([]);

/** The variable `TRUSTED_PROXIES`: addresses and CIDR blocks, comma-separated. */
export function trustedProxies(options: { believesCloudflare?: boolean } = {}) {
  return list('').transform((entries, context) => {
    try {
      return parseTrustedProxies(entries, options);
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  });
}

/**
 * The address a client is seen at: behind a trusted proxy the right-most entry of `x-forwarded-for` that is no trusted
 * proxy itself; from anyone else the socket's, whatever the headers say.
 */
export function clientAddress(request: AddressedRequest, trusted: TrustedProxies): string {
  const peer = request.socket.remoteAddress ?? '';
  const socket = normalizeAddress(peer) ?? peer;
  if (trusted.ranges.length === 0 || !trusted.includes(socket)) return socket;
  const { headers } = request;
  const cloudflare = trusted.believesCloudflare && normalizeAddress(textOf(headers['cf-connecting-ip']));
  if (cloudflare) return cloudflare;
  let seen = socket;
  for (const hop of textOf(headers['x-forwarded-for']).split(',').reverse()) {
    const address = normalizeAddress(hop);
    // Whatever stands left of something that is no address was not written by a proxy we trust.
    if (!address) break;
    seen = address;
    if (!trusted.includes(address)) break;
  }
  return seen;
}

/** Whether a socket's address is of this machine. */
export function isLoopbackAddress(address: string): boolean {
  const parsed = parseAddress(normalizeAddress(address) ?? '');
  return parsed?.range() === 'loopback';
}

/**
 * The network that one party can be assumed to hold, as what is counted and limited: of IPv6 the /64, of IPv4 the
 * address itself. What is no address stays as it is.
 */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const groups = ipaddr.IPv6.parse(address).parts.slice(0, 4);
  return `${groups.map((group) => group.toString(16)).join(':')}::/64`;
}

/** One spelling per address: IPv4-mapped IPv6 becomes IPv4, ports and brackets go; null for what is no address. */
export function normalizeAddress(text: string): string | null {
  let address = text.trim();
  address = /^\[([^\]]+)\](?::\d+)?$/.exec(address)?.[1] ?? address;
  address = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(address)?.[1] ?? address;
  return isIPv4(address) ? address : (parseAddress(address)?.toString() ?? null);
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** ipaddr.js alone would take octal, hexadecimal and shortened IPv4 too, and throws 50 µs for what is no address. */
function parseAddress(text: string): Address | null {
  if (isIPv4(text)) return ipaddr.IPv4.parse(text);
  // Zones mean nothing on other machines.
  if (!isIPv6(text) || text.includes('%')) return null;
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

interface Block {
  base: Address;
  bits: number;
}

function parseBlock(entry: string): Block {
  const [, text = '', length] = /^([0-9A-Fa-f:.]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
  const base = parseAddress(text);
  const most = base?.kind() === 'ipv4' ? 32 : 128;
  const bits = length === undefined ? most : Number(length);
  if (base === null || bits > most)
    throw new Error(`${JSON.stringify(entry)} is not an address or a CIDR block such as 10.0.0.0/8`);
  return { base, bits };
}

function isWithin(address: Address, { base, bits }: Block): boolean {
  return address.kind() === base.kind() && address.match(base, bits);
}

function textOf(header: string | string[] | undefined): string {
  return Array.isArray(header) ? header.join(',') : (header ?? '');
}
