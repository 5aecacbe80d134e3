import { createHmac, randomBytes } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';

/** Characters of a keyed hash that are published: 96 bits. */
const HASH_LENGTH = 16;

/**
 * Names the network of a peer without naming its address, so that choices can spread over networks: the keyed hash of
 * the /24 (IPv4) or /48 (IPv6). Edges with the same secret agree; without one the key is this process's own.
 */
export function createNetworkName(secret: string | null): (address: string) => string | undefined {
  const key = secret ? createHmac('sha256', secret).update('network names').digest() : randomBytes(32);
  return (address) => {
    const network = networkOf(address);
    if (network === null) return undefined;
    return createHmac('sha256', key).update(network).digest('base64url').slice(0, HASH_LENGTH);
  };
}

/** The network of `host:port` as gRPC has it, with IPv6 in or without brackets; null for anything else. */
export function networkOf(address: string): string | null {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, Math.max(0, colon)).replace(/^\[|\]$/g, '');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(host)?.[1] ?? host;
  if (isIPv4(mapped)) return mapped.split('.').slice(0, 3).join('.');
  if (!isIPv6(host)) return null;
  const [head = '', tail] = host.split('%')[0]!.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right]
    .slice(0, 3)
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(':');
}
