import { ids } from '@giggityflix/bus';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalAddress, mayReach, scopeOf } from '../endpoints/endpoint.ts';
import { formatError, formatPeer, isPeerId, MAX_DATAGRAM_BYTES, parseRequest } from './messages.ts';

it('peer ids are those of the platform', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ maxLength: 140 }), fc.stringMatching(/^[\w.~-]{0,130}$/), fc.constant('a\n')),
      (text) => {
        expect(isPeerId(text)).toBe(ids.peerId.safeParse(text).success);
      },
    ),
  );
});

it('whatever JSON a datagram holds, it is a request or has a named problem', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json(),
        fc
          .record(
            {
              type: fc.oneof(fc.constantFrom('register', 'connect'), fc.jsonValue()),
              peer_id: fc.jsonValue(),
              target_ip: fc.oneof(fc.ipV4(), fc.ipV6(), fc.jsonValue()),
              target_id: fc.jsonValue(),
              token: fc.jsonValue(),
              local: fc.jsonValue(),
              cookie: fc.jsonValue(),
            },
            { requiredKeys: [] },
          )
          .map((value) => JSON.stringify(value)),
      ),
      (text) => {
        const request = parseRequest(Buffer.from(text));
        expect(['register', 'connect', 'answer', 'invalid']).toContain(request.type);
        if (request.type === 'invalid') expect(formatError(request.problem).length).toBeLessThan(100);
      },
    ),
    { numRuns: 500 },
  );
});

it.each([
  ['2001:DB8::0:1', '2001:db8::1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['192.0.2.1', '192.0.2.1'],
  ['192.0.2.256', null],
  ['fe80::1%eth0', null],
  ['example.org', null],
])('%s is the address %s', (text, address) => {
  expect(canonicalAddress(text)).toBe(address);
});

it.each([
  ['198.51.100.1', '198.51.100.2', true],
  ['198.51.100.1', '10.0.0.1', false],
  ['198.51.100.1', '127.0.0.1', false],
  ['198.51.100.1', '169.254.1.1', false],
  ['10.0.0.1', '192.168.1.1', true],
  ['10.0.0.1', '198.51.100.1', true],
  ['2001:db8::1', 'fd00::1', false],
  ['198.51.100.1', '224.0.0.1', false],
])('a peer at %s may be sent to one at %s: %s', (from, to, allowed) => {
  expect(mayReach(from, to)).toBe(allowed);
  expect(scopeOf('255.255.255.255')).toBe('none');
});

it('the longest notice fits in a datagram', () => {
  const endpoint = { address: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', port: 65_535 };
  const notice = formatPeer({ endpoint, local: endpoint, peerId: 'x'.repeat(128), key: 'k'.repeat(22) });
  expect(Buffer.byteLength(notice)).toBeLessThan(MAX_DATAGRAM_BYTES);
});
