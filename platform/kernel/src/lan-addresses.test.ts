import { expect, it } from 'vitest';
import { lanAddresses } from './lan-addresses.ts';

const address = (text: string, { family = 'IPv4', internal = false } = {}) => ({
  address: text,
  family,
  internal,
});

it('has addresses of networks, and not those of the machine alone', () => {
  const interfaces = {
    lo: [address('127.0.0.1', { internal: true })],
    eth0: [address('192.168.1.7'), address('fe80::1', { family: 'IPv6' })],
    wlan0: [address('10.0.0.3')],
    usb0: [address('169.254.3.4')],
    down: undefined,
  };
  expect(lanAddresses(interfaces)).toEqual(['192.168.1.7', '10.0.0.3']);
});
