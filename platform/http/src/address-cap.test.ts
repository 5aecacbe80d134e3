import { expect, it } from 'vitest';
import { createAddressCap } from './address-cap.ts';

it('an address has so many open, and another when one is closed', () => {
  const cap = createAddressCap(2);
  const first = cap.enter('192.0.2.1');
  expect(cap.enter('192.0.2.1')).not.toBeNull();
  expect(cap.enter('192.0.2.1')).toBeNull();
  expect(cap.enter('192.0.2.2')).not.toBeNull();
  first?.();
  first?.();
  expect(cap.enter('192.0.2.1')).not.toBeNull();
  expect(cap.enter('192.0.2.1')).toBeNull();
});

it('a /64 of IPv6 is one address', () => {
  const cap = createAddressCap(1);
  expect(cap.enter('2001:db8::1')).not.toBeNull();
  expect(cap.enter('2001:db8::2')).toBeNull();
  expect(cap.enter('2001:db8:0:1::1')).not.toBeNull();
});

it('0 is no bound', () => {
  const cap = createAddressCap(0);
  for (let n = 0; n < 10_000; n += 1) expect(cap.enter('192.0.2.1')).not.toBeNull();
});
