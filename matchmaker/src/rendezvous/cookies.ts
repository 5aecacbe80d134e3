import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Endpoint, keyOf } from '../endpoints/endpoint.ts';

/** How long a cookie is valid: one to two of these. */
export const COOKIE_PERIOD_MS = 300_000;
/** 72 bits in base64url: enough that guessing is hopeless at any packet rate, and short on the wire. */
const COOKIE_LENGTH = 12;

/**
 * Shows who receives what is sent to an address: the sender that returns the cookie that went there. The server
 * stores nothing for it (compare the tokens of RFC 9000, section 8.1).
 */
export interface Cookies {
  issue(endpoint: Endpoint): string;
  verify(endpoint: Endpoint, cookie: string): boolean;
}

export function createCookies(deps: { now?: () => number } = {}): Cookies {
  const now = deps.now ?? Date.now;
  const secret = randomBytes(32).toString('base64url');
  // Keyed by a prefix, which SHA-512/256 allows as it cannot be extended, at a seventh of what an HMAC costs.
  const make = (endpoint: Endpoint, period: number) =>
    hash('sha512-256', `${secret} ${period} ${keyOf(endpoint)}`, 'base64url').slice(0, COOKIE_LENGTH);
  const period = () => Math.floor(now() / COOKIE_PERIOD_MS);
  return {
    issue: (endpoint) => make(endpoint, period()),
    verify(endpoint, cookie) {
      const given = Buffer.from(cookie);
      if (given.length !== COOKIE_LENGTH) return false;
      const isOf = (candidate: number) => timingSafeEqual(Buffer.from(make(endpoint, candidate)), given);
      return isOf(period()) || isOf(period() - 1);
    },
  };
}
