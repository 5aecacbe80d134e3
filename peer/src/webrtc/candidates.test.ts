import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressWithoutRelay,
  MAX_REMOTE_CANDIDATES,
  namesAddress,
  relayedPorts,
  withoutForeignNames,
} from './candidates.ts';

const candidate = (address: string) => `candidate:1 1 udp 2113937151 ${address} 50000 typ host generation 0`;

it.each(['192.168.1.20', '10.0.0.1', '2001:db8::1', '::1'])('takes a candidate that names %s', (address) => {
  expect(namesAddress(candidate(address))).toBe(true);
});

it.each(['0b1e7d5e-5f4c-4a0e-9a32-1f0d3f8e9f10.local', 'attacker.example', '999.1.1.1', '10.0.0.1;id', ''])(
  'looks up no name: %j',
  (address) => {
    expect(namesAddress(candidate(address))).toBe(false);
  },
);

it('takes nothing that is no candidate', () => {
  fc.assert(fc.property(fc.string(), (text) => !namesAddress(text)));
});

it('leaves an offer as it is but for candidates that are not taken', () => {
  const offer = (lines: string[]) =>
    ['v=0', 'm=application 9 UDP/DTLS/SCTP webrtc-datachannel', ...lines, 'a=mid:0', ''].join('\r\n');
  const many = Array.from({ length: MAX_REMOTE_CANDIDATES + 5 }, (_, at) => `a=${candidate(`10.0.0.${at}`)}`);
  expect(withoutForeignNames(offer([`a=${candidate('x.local')}`, ...many]))).toBe(
    offer(many.slice(0, MAX_REMOTE_CANDIDATES)),
  );
});

describe('the ports of relays', () => {
  const line = (port: number, type: string) =>
    `candidate:1 1 udp 1677 203.0.113.5 ${port} typ ${type} raddr 0.0.0.0 rport 9`;

  it('are those of the candidates of relays, in an offer and alone', () => {
    const offer = [
      'v=0',
      `a=${line(50_000, 'host')}`,
      `a=${line(49_160, 'relay')}`,
      'a=mid:0',
      `a=${line(49_161, 'relay')}`,
    ];
    expect(relayedPorts(offer.join('\r\n'))).toEqual([49_160, 49_161]);
    expect(relayedPorts(line(49_170, 'relay'))).toEqual([49_170]);
    expect(relayedPorts('candidate:1 1 udp 1677 relay.example 49171 typ relay')).toEqual([49_171]);
    expect(relayedPorts(line(49_170, 'srflx'))).toEqual([]);
  });
});

describe('the address of a viewer', () => {
  const relayed = new Set([49_160]);
  const reached = (type: string, port: number, local = 'host') =>
    addressWithoutRelay({ local: { type: local }, remote: { address: '192.168.1.7', port, type } }, relayed);

  it('is that of the other end where no relay stands in between', () => {
    expect(reached('host', 50_000)).toBe('192.168.1.7');
    expect(reached('prflx', 50_000)).toBe('192.168.1.7');
    // Another machine may use the port of a relay for itself.
    expect(reached('host', 49_160)).toBe('192.168.1.7');
  });

  it.each([
    ['of the viewer', reached('relay', 50_000)],
    ['of this peer', reached('host', 50_000, 'relay')],
    ['that sends from another address than its candidate names', reached('prflx', 49_160)],
  ])('is not known behind a relay %s', (_, address) => {
    expect(address).toBeNull();
  });
});
