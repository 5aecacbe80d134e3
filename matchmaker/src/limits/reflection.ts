import { createRecentMap } from './recent.ts';

/**
 * Keeps the server from being used to flood someone else. The source of a datagram may be forged; until an
 * address has shown that it receives what is sent to it, the server sends it no more bytes than came from
 * it. The documented messages are answered with more bytes than they have, so each address has a small advance beside.
 */
export interface ReflectionGuard {
  received(network: string, bytes: number, now: number): void;
  /** Whether so many bytes may go to an address that has proved nothing; counts them if so. */
  spend(network: string, bytes: number, now: number): boolean;
  rotate(): void;
}

/** What an address may be sent in advance: enough for some sixty answers. */
const ADVANCE_BYTES = 4_096;
/** How fast the advance comes back: a flood of this rate hurts nobody. */
const ADVANCE_BYTES_PER_SECOND = 256;
/** Most bytes an address may save up. */
const MAX_SAVED_BYTES = 65_536;
/** Most networks remembered; about 150 bytes each. */
const MAX_NETWORKS = 200_000;

interface Balance {
  /** Received and not spent. */
  bytes: number;
  advance: number;
  at: number;
}

export function createReflectionGuard(options: { enabled?: boolean } = {}): ReflectionGuard {
  if (options.enabled === false) return { received() {}, spend: () => true, rotate() {} };
  const balances = createRecentMap<Balance>(MAX_NETWORKS);
  const balanceOf = (network: string, now: number): Balance => {
    const balance = balances.get(network) ?? { bytes: 0, advance: ADVANCE_BYTES, at: now };
    const regained = ((now - balance.at) * ADVANCE_BYTES_PER_SECOND) / 1_000;
    balance.advance = Math.min(ADVANCE_BYTES, balance.advance + regained);
    balance.at = now;
    balances.set(network, balance);
    return balance;
  };
  return {
    received(network, bytes, now) {
      const balance = balanceOf(network, now);
      balance.bytes = Math.min(MAX_SAVED_BYTES, balance.bytes + bytes);
    },
    spend(network, bytes, now) {
      const balance = balanceOf(network, now);
      if (balance.bytes + balance.advance < bytes) return false;
      const fromSaved = Math.min(balance.bytes, bytes);
      balance.bytes -= fromSaved;
      balance.advance -= bytes - fromSaved;
      return true;
    },
    rotate: balances.rotate,
  };
}

/** What one party can be assumed to hold: an IPv4 address, or an IPv6 /64. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const behind = tail === '' ? 0 : tail.split(':').length;
    while (groups.length + behind < 8) groups.push('0');
  }
  return groups.slice(0, 4).join(':');
}
