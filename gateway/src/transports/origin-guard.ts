import type { IncomingHttpHeaders } from 'node:http';

/** Decides which web pages may talk to the gateway. */
export interface OriginGuard {
  /** The value of `Access-Control-Allow-Origin` for a page, or null when it is not on the list. */
  allow(origin: string | undefined): string | null;
  /**
   * Whether a browser might have been made to send this request by a page that is not on the list: the attack
   * (CSRF) that ambient trust, such as being on the same machine or network, makes possible.
   */
  isForged(headers: IncomingHttpHeaders): boolean;
}

/** Headers a page can only set after a preflight request, which we answer for listed origins alone. */
const PREFLIGHTED = ['apollo-require-preflight', 'x-apollo-operation-name', 'graphql-require-preflight'];

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/**
 * `allowed` are origins such as `https://tv.example`; `*` allows every page. A server that listens on a loopback
 * address is only addressed by loopback names: any other is a page that had its own name resolve to this machine.
 */
export function createOriginGuard(
  allowed: readonly string[],
  options: { listensOn?: string } = {},
): OriginGuard {
  const list = new Set(allowed);
  const isLoopback = options.listensOn !== undefined && LOOPBACK.test(hostOf(options.listensOn));
  const isListed = (origin: string) => list.has('*') || list.has(origin);
  return {
    allow: (origin) => (origin !== undefined && isListed(origin) ? origin : null),
    isForged(headers) {
      if (isLoopback && !LOOPBACK.test(headers.host ?? 'localhost')) return true;
      if (PREFLIGHTED.some((name) => headers[name] !== undefined)) return false;
      const { origin } = headers;
      if (typeof origin === 'string') return !isListed(origin) && !isSameOrigin(origin, headers.host);
      return headers['sec-fetch-site'] === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate';
    },
  };
}

function hostOf(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

function isSameOrigin(origin: string, host: string | undefined): boolean {
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}
