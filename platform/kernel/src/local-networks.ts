import { BlockList, isIP } from 'node:net';

/** Addresses of IPv4 that are never of the internet (RFC 1918, RFC 3927). */
const PRIVATE_IPV4 = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16'] as const;

/** Networks that are nobody's in the internet, and the machine itself. */
export const LOCAL_NETWORKS: readonly string[] = [
  ...PRIVATE_IPV4,
  '127.0.0.0/8',
  'fc00::/7',
  'fe80::/10',
  '::1/128',
];

const PRIVATE = blockListOf(PRIVATE_IPV4);
const LOCAL = blockListOf(LOCAL_NETWORKS);

/** Whether an address is of {@link LOCAL_NETWORKS}, also where IPv6 contains it (`::ffff:10.0.0.1`). False for what is no address. */
export function isLocalAddress(address: string): boolean {
  const plain = /^::ffff:([\d.]+)$/i.exec(address)?.[1] ?? address;
  return isIP(plain) !== 0 && LOCAL.check(plain, familyOf(plain));
}

/** Whether an address is one of IPv4 that is never of the internet, nor the machine itself. */
export function isPrivateIpv4(address: string): boolean {
  return isIP(address) === 4 && PRIVATE.check(address);
}

function blockListOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), familyOf(address));
  }
  return list;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
