import { describe, expect, it } from 'vitest';
import { isLocalAddress, isPrivateIpv4 } from './local-networks.ts';

const PRIVATE = ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.7', '169.254.3.4'];
const OTHER_LOCAL = ['127.0.0.1', '::1', 'fe80::1', 'fd00::1', '::ffff:192.168.1.7', '::FFFF:127.0.0.1'];
const FOREIGN = [
  '203.0.113.5',
  '172.32.0.1',
  '11.0.0.1',
  '2001:db8::1',
  '::ffff:203.0.113.5',
  'localhost',
  '',
];

describe('an address', () => {
  it.each([...PRIVATE, ...OTHER_LOCAL])('is local: %s', (address) => {
    expect(isLocalAddress(address)).toBe(true);
  });

  it.each(FOREIGN)('is not local: %j', (address) => {
    expect(isLocalAddress(address)).toBe(false);
  });

  it('is private only as one of IPv4, and not of the machine itself', () => {
    expect([...PRIVATE, ...OTHER_LOCAL, ...FOREIGN].filter(isPrivateIpv4)).toEqual(PRIVATE);
  });
});
