/**
 * Keeps the server from being used to flood someone else. The source of a datagram may be forged, so until an
 * address has shown that it receives what is sent to it, it is sent no more bytes than came from it, and an advance.
 * Without an advance no client could be answered: the documented `{"type":"register"}` has 19 bytes, the
 * shortest answer to it 41.
 */
export interface Balance {
  /** Bytes received and not yet spent on answers. */
  bytes: number;
  /** Bytes that may be sent beyond that. */
  advance: number;
  /** When that was (milliseconds, monotonic). */
  at: number;
}

/**
 * Bytes an address may be sent beyond what came from it: two datagrams of the largest kind, or some eighty answers of
 * the documented form, as when all devices of a household start.
 */
export const ADVANCE_BYTES = 2_400;
/** How fast a spent advance is restored, in bytes a second: within ten seconds, which is no flood. */
export const ADVANCE_BYTES_PER_SECOND = 240;
/** Most bytes an address may save up. */
const MAX_SAVED_BYTES = 65_536;

export function newBalance(now: number): Balance {
  return { bytes: 0, advance: ADVANCE_BYTES, at: now };
}

export function earn(balance: Balance, bytes: number): void {
  balance.bytes = Math.min(MAX_SAVED_BYTES, balance.bytes + bytes);
}

/** Whether so many bytes may go to an address that has proved nothing; counts them if so. */
export function spend(balance: Balance, bytes: number, now: number): boolean {
  const regained = ((now - balance.at) * ADVANCE_BYTES_PER_SECOND) / 1_000;
  balance.advance = Math.min(ADVANCE_BYTES, balance.advance + regained);
  balance.at = now;
  if (balance.bytes + balance.advance < bytes) return false;
  const fromSaved = Math.min(balance.bytes, bytes);
  balance.bytes -= fromSaved;
  balance.advance -= bytes - fromSaved;
  return true;
}
