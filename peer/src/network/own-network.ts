import { readFileSync } from 'node:fs';
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { isPrivateIpv4 } from '@giggityflix/kernel';

export interface OwnNetworkSources {
  interfaces?: () => NodeJS.Dict<NetworkInterfaceInfo[]>;
  /** `/proc/net/route` where there is one, else empty. */
  routes?: () => string;
}

/** A home has a /64 or its part to itself; a shorter prefix may be shared with strangers. */
const MIN_IPV6_PREFIX = 64;

/**
 * Whether an address is another machine's in a network that this one is directly connected to. Not the gateway's: what comes from
 * the internet has its address where a router or a container's host translates addresses.
 */
export function isOfOwnNetwork(address: string, sources: OwnNetworkSources = {}): boolean {
  const { interfaces = networkInterfaces, routes = readRoutes } = sources;
  const family = isIPv4(address) ? 'IPv4' : isIPv6(address) ? 'IPv6' : null;
  if (family === null || (family === 'IPv4' && !isPrivateIpv4(address))) return false;
  const type = family === 'IPv4' ? 'ipv4' : 'ipv6';
  let isOnLink = false;
  for (const own of Object.values(interfaces()).flatMap((infos) => infos ?? [])) {
    if (own.family !== family || own.internal) continue;
    if (single(own.address).check(address, type)) return false;
    const prefix = Number(own.cidr?.split('/')[1]);
    if (Number.isInteger(prefix) && (family === 'IPv4' || prefix >= MIN_IPV6_PREFIX))
      isOnLink ||= subnet(own.address, prefix, type).check(address, type);
  }
  return isOnLink && !gateways(routes()).includes(address);
}

function single(address: string): BlockList {
  const list = new BlockList();
  list.addAddress(address, isIPv4(address) ? 'ipv4' : 'ipv6');
  return list;
}

function subnet(address: string, prefix: number, type: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  list.addSubnet(address, prefix, type);
  return list;
}

/** The gateways of a Linux routing table, whose addresses are hexadecimal in the order of bytes of this machine. */
function gateways(table: string): string[] {
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/)[2] ?? '')
    .filter((gateway) => /^[\dA-F]{8}$/i.test(gateway) && !/^0+$/.test(gateway))
    .map((gateway) => Buffer.from(gateway, 'hex').reverse().join('.'));
}

function readRoutes(): string {
  try {
    return readFileSync('/proc/net/route', 'utf8');
  } catch {
    return '';
  }
}
