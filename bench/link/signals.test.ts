import { describe, expect, it } from 'vitest';
import type { Signal } from '../../peer/testing/channel.ts';
import { hostPortOf, linkSignals, loopbackCandidate } from './signals.ts';

const OFFER = [
  'v=0',
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'a=ice-ufrag:abcd',
  'a=candidate:1 1 UDP 2122317823 192.0.2.7 50123 typ host',
  'a=candidate:2 1 UDP 2122317822 2001:db8::7 50123 typ host',
  'a=end-of-candidates',
  '',
].join('\r\n');

function createLink() {
  const ends: Record<string, number> = {};
  return {
    ends,
    near: 1_001,
    far: 1_002,
    setEnd(side: string, port: number) {
      ends[side] = port;
    },
    close() {},
  };
}
const candidate = (text: string): Signal => ({
  $case: 'candidate',
  value: { candidate: text, sdpMid: '0', sdpMLineIndex: 0 },
});
const sdpOf = (signal: Signal | null) => (signal?.$case === 'description' ? signal.value.sdp : '');

describe('signals of a connection over an emulated link', () => {
  it('name the link in place of the other side', () => {
    const link = createLink();
    const signals = linkSignals(link);
    const offer = signals.fromNear({ $case: 'description', value: { type: 'offer', sdp: OFFER } });
    expect(sdpOf(offer).match(/a=candidate:.*/g)).toEqual([`a=${loopbackCandidate(1_002)}`]);
    expect(sdpOf(offer)).toContain('a=ice-ufrag:abcd');
    const answer = signals.fromFar({ $case: 'description', value: { type: 'answer', sdp: OFFER } });
    expect(sdpOf(answer).match(/a=candidate:.*/g)).toEqual([`a=${loopbackCandidate(1_001)}`]);
  });

  it('say which ports the sides have, and give away no candidate of theirs', () => {
    const link = createLink();
    const signals = linkSignals(link);
    signals.fromNear({ $case: 'description', value: { type: 'offer', sdp: OFFER } });
    expect(signals.fromFar(candidate('candidate:1 1 UDP 2122317823 192.0.2.8 50999 typ host'))).toBeNull();
    expect(link.ends).toEqual({ near: 50_123, far: 50_999 });
  });

  it('leave it to the first datagram where a side has several sockets', () => {
    const link = createLink();
    linkSignals(link, ['near']).fromNear({ $case: 'description', value: { type: 'offer', sdp: OFFER } });
    expect(link.ends).toEqual({});
  });

  it('leave everything else as it is', () => {
    const lost: Signal = { $case: 'lost', value: { reason: 'gone' } };
    expect(linkSignals(createLink()).fromFar(lost)).toBe(lost);
  });
});

describe('the port of a candidate', () => {
  it.each([
    ['candidate:1 1 UDP 2122317823 192.0.2.7 50123 typ host', 50_123],
    ['a=candidate:1 1 udp 2122317823 192.0.2.7 50123 typ host generation 0', 50_123],
    ['candidate:1 1 TCP 2122317823 192.0.2.7 9 typ host tcptype active', null],
    ['candidate:1 1 UDP 2122317823 2001:db8::7 50123 typ host', null],
    ['candidate:1 1 UDP 1 203.0.113.7 50123 typ srflx raddr 0.0.0.0 rport 0', null],
    ['candidate:1 1 UDP 1 0d3c2f9a-1b2c-4d5e-8f90-1234567890ab.local 50123 typ host', null],
    ['nonsense', null],
  ])('%s', (text, port) => expect(hostPortOf(text)).toBe(port));
});
