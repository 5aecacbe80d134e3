import { isIP } from 'node:net';

/** Remote candidates taken for one connection; more than any browser gathers. */
export const MAX_REMOTE_CANDIDATES = 64;

/** The connection address of an `a=candidate` line: its fifth field (RFC 8839, section 5.1). */
const CANDIDATE_ADDRESS = /^(?:a=)?candidate:\S+ \S+ \S+ \S+ (\S+) /;

/**
 * Whether a candidate names an address. Names would have to be looked up, so that any viewer could make the daemon ask the
 * name servers for whatever it likes; those that hide a viewer's own address (`.local`) are learnt from its checks anyway.
 */
export function namesAddress(candidate: string): boolean {
  const address = CANDIDATE_ADDRESS.exec(candidate)?.[1];
  return address !== undefined && isIP(address) !== 0;
}

/** An offer without the candidates that are not taken: those that name no address, and those past the most. */
export function withoutForeignNames(sdp: string): string {
  let taken = 0;
  return sdp
    .split(/\r?\n/)
    .filter((line) => {
      if (!line.startsWith('a=candidate:')) return true;
      if (!namesAddress(line)) return false;
      taken += 1;
      return taken <= MAX_REMOTE_CANDIDATES;
    })
    .join('\r\n');
}

/** The port of a candidate that is a relay's: its sixth field. */
const RELAYED_PORT = /^(?:a=)?candidate:\S+ \S+ \S+ \S+ \S+ (\d{1,5}) typ relay(?: |$)/;

/** The ports that relays send from, in candidates or in an offer: those of candidates that are not taken, too. */
export function relayedPorts(text: string): number[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const port = RELAYED_PORT.exec(line)?.[1];
    return port === undefined ? [] : [Number(port)];
  });
}

/** One end of the pair of candidates that a connection uses. */
interface End {
  address: string;
  port: number;
  type: string;
}

/**
 * The address of a viewer that is reached without a relay, else null. A relay in the network of this machine sends from its address
 * there, not from the one its candidate names (`external-ip` of coturn): it is known by its port, which is the same.
 */
export function addressWithoutRelay(
  { local, remote }: { local: Pick<End, 'type'>; remote: End },
  relayed: ReadonlySet<number>,
): string | null {
  if (local.type === 'relay' || remote.type === 'relay') return null;
  return remote.type === 'prflx' && relayed.has(remote.port) ? null : remote.address;
}
