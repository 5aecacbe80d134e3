import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * How long connections between two requests are kept for a last one when the server stops, in milliseconds: cutting
 * them at once loses requests that are under way.
 */
const LAST_REQUESTS_MS = 50;

/**
 * `close` of Node.js' servers stops listening and calls this once; it then waits until every connection has ended. One
 * whose request was in flight becomes idle only later: without another check it would be kept open.
 */
export function delayClosingOfIdle(server: Server): void {
  const closeIdle = server.closeIdleConnections.bind(server);
  server.closeIdleConnections = () => {
    const sweep = setInterval(closeIdle, LAST_REQUESTS_MS);
    server.once('close', () => clearInterval(sweep));
  };
}

/** How long a client may take to send, in milliseconds. */
export interface ReceiveTimeouts {
  headersMs: number;
  /** The whole request, its body included. */
  requestMs: number;
}

/** Enough for the largest body over a poor line; who sends a byte now and then to hold a connection is cut off with 408. */
export const RECEIVE_TIMEOUTS: ReceiveTimeouts = { headersMs: 10_000, requestMs: 30_000 };

/** What a server is created with so that it cuts off those who send slowly. */
export function receiveOptions({ headersMs, requestMs }: ReceiveTimeouts) {
  return {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.min(2_000, headersMs / 4),
  };
}

/** On answers that are no page, should a browser take one for it: it loads, runs and frames nothing. */
export const CONFINEMENT = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
} as const;

export interface ListenerAddress {
  host: string;
  port: number;
  url: string;
}

/** Where a server that listens on TCP is reached. */
export function addressOf(server: Server): ListenerAddress {
  const { address, family, port } = server.address() as AddressInfo;
  return { host: address, port, url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}` };
}
