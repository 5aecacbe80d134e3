import { expect, it } from 'vitest';
import { ADVANCE_BYTES, ADVANCE_BYTES_PER_SECOND } from './reflection.ts';
import { createSenders, type SendersConfig } from './senders.ts';

const UNLIMITED = { perSecond: 0, burst: 0 };

function senders(config: Partial<SendersConfig> = {}) {
  return createSenders({
    sourceLimit: UNLIMITED,
    networkLimit: UNLIMITED,
    limitReflection: true,
    ...config,
  });
}

const from = (address: string, port = 40_000) => ({ address, port });

it('an unproven address is sent what came from it and one advance, to the byte', () => {
  const some = senders();
  some.admit(from('192.0.2.1', 1), 19, 0);
  some.admit(from('192.0.2.1', 2), 20, 0);
  expect(some.spend('192.0.2.1', ADVANCE_BYTES, 0)).toBe(true);
  expect(some.spend('192.0.2.1', 40, 0)).toBe(false);
  expect(some.spend('192.0.2.1', 39, 0)).toBe(true);
  expect(some.spend('192.0.2.1', 1, 0)).toBe(false);
});

it('one that never sent anything, and is named by someone else, is sent the advance alone', () => {
  const some = senders();
  some.admit(from('192.0.2.1'), 5_000, 0);
  expect(some.spend('192.0.2.2', ADVANCE_BYTES + 1, 0)).toBe(false);
  expect(some.spend('192.0.2.2', ADVANCE_BYTES, 0)).toBe(true);
});

it('a spent advance comes back with time, never beyond itself', () => {
  const some = senders();
  expect(some.spend('192.0.2.1', ADVANCE_BYTES, 0)).toBe(true);
  expect(some.spend('192.0.2.1', ADVANCE_BYTES_PER_SECOND + 1, 1_000)).toBe(false);
  expect(some.spend('192.0.2.1', ADVANCE_BYTES_PER_SECOND, 1_000)).toBe(true);
  expect(some.spend('192.0.2.1', ADVANCE_BYTES + 1, 3_600_000)).toBe(false);
});

it('the advance is one for a /64 of IPv6, and one for each address of IPv4', () => {
  const some = senders();
  expect(some.spend('2001:db8::1', ADVANCE_BYTES, 0)).toBe(true);
  expect(some.spend('2001:db8::ffff:2', 1, 0)).toBe(false);
  expect(some.spend('2001:db8:0:1::1', 1, 0)).toBe(true);
  expect(some.spend('192.0.2.1', ADVANCE_BYTES, 0)).toBe(true);
  expect(some.spend('192.0.2.2', ADVANCE_BYTES, 0)).toBe(true);
});

it('a source beyond its limit is refused until it has rested, and its neighbours are not', () => {
  const some = senders({ sourceLimit: { perSecond: 10, burst: 3 } });
  const admitted = (port: number, now: number) => some.admit(from('2001:db8::1', port), 1, now) !== null;
  expect([0, 0, 0, 0].map((now) => admitted(1, now))).toEqual([true, true, true, false]);
  expect(admitted(2, 0)).toBe(true);
  expect([100, 100].map((now) => admitted(1, now))).toEqual([true, false]);
});

it('sources of one address together are held to its limit', () => {
  const some = senders({ networkLimit: { perSecond: 10, burst: 3 } });
  const ports = [1, 2, 3, 4];
  expect(ports.map((port) => some.admit(from('192.0.2.1', port), 1, 0) !== null)).toEqual([
    true,
    true,
    true,
    false,
  ]);
  expect(some.admit(from('192.0.2.2', 4), 1, 0)).not.toBeNull();
});

it('a flooder does not use up its neighbours’ share', () => {
  const some = senders({
    sourceLimit: { perSecond: 10, burst: 2 },
    networkLimit: { perSecond: 10, burst: 4 },
  });
  for (let n = 0; n < 100; n += 1) some.admit(from('192.0.2.1', 1), 1, 0);
  expect(some.admit(from('192.0.2.1', 2), 1, 0)).not.toBeNull();
});
