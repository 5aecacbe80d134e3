import type { NetworkInterfaceInfo } from 'node:os';
import { expect, it } from 'vitest';
import { isOfOwnNetwork } from './own-network.ts';

const ipv4 = (cidr: string, internal = false) =>
  ({ address: cidr.split('/')[0], cidr, family: 'IPv4', internal }) as NetworkInterfaceInfo;
const ipv6 = (cidr: string) =>
  ({
    address: cidr.split('/')[0],
    cidr,
    family: 'IPv6',
    internal: false,
    scopeid: 0,
  }) as NetworkInterfaceInfo;

const HOME = {
  lo: [ipv4('127.0.0.1/8', true)],
  wlan0: [ipv4('192.168.1.20/24'), ipv6('fe80::20/64'), ipv6('2001:db8:1:2::20/64')],
  tunnel: [ipv6('2001:db8:ffff::1/48')],
  rented: [ipv4('203.0.113.5/24')],
};
const ROUTES = `Iface\tDestination\tGateway \tFlags
wlan0\t00000000\t0101A8C0\t0003
wlan0\t0001A8C0\t00000000\t0001
`;
const isLocal = (address: string, routes = ROUTES) =>
  isOfOwnNetwork(address, { interfaces: () => HOME, routes: () => routes });

it.each(['192.168.1.7', '192.168.1.254', 'fe80::7', '2001:db8:1:2::7'])(
  'knows %s as of the house',
  (address) => {
    expect(isLocal(address)).toBe(true);
  },
);

it.each([
  ['another private network', '192.168.2.7'],
  ['the internet', '198.51.100.7'],
  ['this machine', '192.168.1.20'],
  ['this machine, by IPv6', 'fe80::20'],
  ['this machine alone', '127.0.0.1'],
  ['another home of the provider', '2001:db8:1:3::7'],
  ['a prefix that strangers share', '2001:db8:ffff::7'],
  ['a neighbour in a data centre', '203.0.113.7'],
  ['a name', 'phone.local'],
  ['nothing', ''],
])('takes %s for none of the house', (_what, address) => {
  expect(isLocal(address)).toBe(false);
});

it('takes the gateway for none of the house: what it translates may come from anywhere', () => {
  expect(isLocal('192.168.1.1')).toBe(false);
  expect(isLocal('192.168.1.1', '')).toBe(true);
});
