import { expect, it } from 'vitest';
import { createNetworkName, networkOf } from './network.ts';

it.each([
  ['192.0.2.7:50000', '192.0.2'],
  ['::ffff:192.0.2.9:50000', '192.0.2'],
  ['2001:db8:7:1::5:50000', '2001:db8:7'],
  ['[2001:0db8:0007::1]:443', '2001:db8:7'],
  ['::1:50000', '0:0:0'],
  ['fe80::1%eth0:50000', 'fe80:0:0'],
  ['unix:/run/edge.sock', null],
  ['', null],
])('takes the network of %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

it('gives neighbours the same name, which edges with one secret agree on and which is not the address', () => {
  const [first, second, other] = ['secret', 'secret', null].map(createNetworkName);
  expect(first!('192.0.2.7:1')).toBe(second!('192.0.2.200:2'));
  expect(first!('192.0.2.7:1')).not.toBe(first!('192.0.3.7:1'));
  expect(first!('192.0.2.7:1')).not.toBe(other!('192.0.2.7:1'));
  expect(first!('192.0.2.7:1')).toMatch(/^[\w-]{16}$/);
});
