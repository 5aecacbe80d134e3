import { createHmac, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { networkOf as networkOfAddress, normalizeAddress } from '@giggityflix/http/client-address';
import ipaddr from 'ipaddr.js';

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
  const host = hostOf(address).replace(/^\[|\]$/g, '');
  if (!isIP(host)) return null;
  const parsed = ipaddr.process(host);
  return parsed instanceof ipaddr.IPv4
    ? parsed.octets.slice(0, 3).join('.')
    : parsed.parts
        .slice(0, 3)
        .map((part) => part.toString(16))
        .join(':');
}

/** What is counted and limited as one party: the address of `host:port`, of IPv6 its /64. */
export function addressNetworkOf(address: string): string {
  const host = hostOf(address);
  return networkOfAddress(normalizeAddress(host) ?? host);
}

/** The host of `host:port`; IPv6 addresses come without brackets, so the last colon divides. */
function hostOf(address: string): string {
  const colon = address.lastIndexOf(':');
  return colon > 0 ? address.slice(0, colon) : address;
}
