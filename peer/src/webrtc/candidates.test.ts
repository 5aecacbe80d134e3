import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MAX_REMOTE_CANDIDATES, namesAddress, withoutForeignNames } from './candidates.ts';

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
