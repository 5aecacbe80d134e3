import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Endpoint, keyOf } from './endpoint.ts';

/** How long a cookie is believed: one to two of these. */
export const COOKIE_PERIOD_MS = 300_000;
/** Enough that guessing is hopeless at any packet rate, and short on the wire. */
const COOKIE_BYTES = 9;

/**
 * Tells who receives what is sent to an address: whoever sends back the cookie that went there. The server
 * remembers nothing for it (compare the tokens of RFC 9000, section 8.1).
 */
export interface Cookies {
  issue(endpoint: Endpoint): string;
  verify(endpoint: Endpoint, cookie: string): boolean;
}

export function createCookies(deps: { now?: () => number } = {}): Cookies {
  const now = deps.now ?? Date.now;
  const secret = randomBytes(32);
  const make = (endpoint: Endpoint, period: number) =>
    createHmac('sha256', secret)
      .update(`${period} ${keyOf(endpoint)}`)
      .digest()
      .subarray(0, COOKIE_BYTES)
      .toString('base64url');
  const period = () => Math.floor(now() / COOKIE_PERIOD_MS);
  return {
    issue: (endpoint) => make(endpoint, period()),
    verify(endpoint, cookie) {
      const given = Buffer.from(cookie);
      return [period(), period() - 1].some((candidate) => {
        const expected = Buffer.from(make(endpoint, candidate));
        return expected.length === given.length && timingSafeEqual(expected, given);
      });
    },
  };
}
