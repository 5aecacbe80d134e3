import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/** The proxies whose headers are believed, parsed from `TRUSTED_PROXIES`. */
export interface TrustedProxies {
  includes(ip: string): boolean;
}

/** @throws Error naming the entry that is neither an address nor a CIDR block. */
export function parseTrustedProxies(entries: readonly string[]): TrustedProxies {
  const blocks = new BlockList();
  for (const entry of entries) {
    const match = /^([0-9A-Fa-f:.]+)(?:\/(\d{1,3}))?$/.exec(entry);
    const address = match?.[1] ?? '';
    const bits = isIPv4(address) ? 32 : 128;
    const prefix = match?.[2] === undefined ? bits : Number(match[2]);
    if (isIP(address) === 0 || prefix > bits)
      throw new Error(`${JSON.stringify(entry)} is not an address or a CIDR block such as 10.0.0.0/8`);
    blocks.addSubnet(address, prefix, isIPv4(address) ? 'ipv4' : 'ipv6');
  }
  return { includes: (ip) => isIP(ip) !== 0 && blocks.check(ip, isIPv4(ip) ? 'ipv4' : 'ipv6') };
}

/**
 * The address a client is seen at: behind a trusted proxy `cf-connecting-ip`, else the right-most entry of
 * `x-forwarded-for` that is no trusted proxy itself; from anyone else the socket's, whatever the headers say.
 */
export function observedAddress(
  socketAddress: string,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  trusted: TrustedProxies,
): string {
  const socket = normalise(socketAddress) ?? socketAddress;
  if (!trusted.includes(socket)) return socket;
  const cloudflare = normalise(single(headers['cf-connecting-ip']));
  if (cloudflare) return cloudflare;
  const hops = single(headers['x-forwarded-for']).split(',').reverse();
  let seen = socket;
  for (const hop of hops) {
    const address = normalise(hop);
    // Whatever stands left of something that is no address was not written by a proxy we trust.
    if (!address) break;
    seen = address;
    if (!trusted.includes(address)) break;
  }
  return seen;
}

function single(header: string | string[] | undefined): string {
  return Array.isArray(header) ? header.join(',') : (header ?? '');
}

/** One spelling per address: IPv4-mapped IPv6 becomes IPv4, ports and brackets go; null for what is no address. */
export function normalise(text: string): string | null {
  let address = text.trim();
  address = /^\[([^\]]+)\](?::\d+)?$/.exec(address)?.[1] ?? address;
  address = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(address)?.[1] ?? address;
  address = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  if (isIPv4(address)) return address;
  if (!isIPv6(address) || address.includes('%')) return null;
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}
