import type { Signal } from '../../peer/testing/channel.ts';
import type { EmulatedLink } from './start.ts';

/** RFC 8839, section 5.1: the transport, the address and the port of a candidate. */
const CANDIDATE = /^(?:a=)?candidate:\S+ \d+ (\S+) \S+ (\S+) (\d+) typ host/i;
const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

/** UDP port of a host candidate with an IPv4 address; null for others. */
export function hostPortOf(candidate: string): number | null {
  const [, transport, address = '', port] = CANDIDATE.exec(candidate) ?? [];
  return transport?.toLowerCase() === 'udp' && IPV4.test(address) ? Number(port) : null;
}

/** The only candidate the other side is given. */
export function loopbackCandidate(port: number): string {
  return `candidate:1 1 UDP 2122317823 127.0.0.1 ${port} typ host`;
}

/** A description in which that port of this machine stands for whatever candidates it had; they are given as well. */
export function withOnlyCandidate(sdp: string, port: number): { sdp: string; candidates: string[] } {
  const lines = sdp.split(/\r?\n/).filter((line) => line !== '');
  const candidates = lines.filter((line) => line.startsWith('a=candidate:'));
  const rest = lines.filter((line) => !/^a=(candidate:|end-of-candidates)/.test(line));
  return {
    sdp: `${[...rest, `a=${loopbackCandidate(port)}`, 'a=end-of-candidates'].join('\r\n')}\r\n`,
    candidates,
  };
}

export interface LinkedSignals {
  /** What the far side is given of a signal from the near one; null for nothing. */
  fromNear(signal: Signal): Signal | null;
  fromFar(signal: Signal): Signal | null;
}

/**
 * Changes the signals of a connection so that each side knows only the link's end in place of the other side.
 *
 * @param learn sides whose address is learnt from their first datagram: those with a socket for each of their addresses.
 */
export function linkSignals(link: EmulatedLink, learn: readonly ('near' | 'far')[] = []): LinkedSignals {
  const through = (side: 'near' | 'far', signal: Signal): Signal | null => {
    const found = (candidate: string) => {
      const port = hostPortOf(candidate);
      if (port !== null && !learn.includes(side)) link.setEnd(side, port);
    };
    if (signal?.$case === 'candidate') {
      found(signal.value.candidate);
      return null;
    }
    if (signal?.$case !== 'description') return signal;
    const { sdp, candidates } = withOnlyCandidate(signal.value.sdp, side === 'near' ? link.far : link.near);
    candidates.forEach(found);
    return { $case: 'description', value: { ...signal.value, sdp } };
  };
  return { fromNear: (signal) => through('near', signal), fromFar: (signal) => through('far', signal) };
}
