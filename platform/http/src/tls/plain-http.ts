import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { isLoopbackAddress, type TrustedProxies } from '../client-address.ts';
import { isLocalHost } from '../origin-guard.ts';
import { HttpProblem } from '../problem.ts';
import type { TlsConfig } from './variables.ts';

/** What someone gets who asks by plain HTTP where there is HTTPS. */
export type PlainAnswer = { kind: 'redirect'; location: string } | { kind: 'refuse'; problem: HttpProblem };

type Request = Pick<IncomingMessage, 'headers' | 'url' | 'socket'>;

export function isSecure({ socket }: Pick<IncomingMessage, 'socket'>): boolean {
  return (socket as Partial<TLSSocket>).encrypted === true;
}

/** Null for who is answered: over TLS, by a proxy, or from this very machine, where nobody listens in. */
export function plainAnswer(
  request: Request,
  { config, port, proxies }: { config: TlsConfig; port: number; proxies: TrustedProxies },
): PlainAnswer | null {
  const address = request.socket.remoteAddress ?? '';
  if (isSecure(request) || isLoopbackAddress(address) || proxies.includes(address)) return null;
  const url = URL.parse(`https://${request.headers.host ?? ''}`);
  if (config.plainHttp === 'refuse' || !request.headers.host || !url || url.pathname !== '/' || url.search)
    return { kind: 'refuse', problem: HTTPS_ONLY };
  // A further port stands for the one that serves; who came to that one has its number already.
  if (request.socket.localPort !== port) url.port = String(port);
  return { kind: 'redirect', location: `${url.origin}${request.url ?? '/'}` };
}

const HTTPS_ONLY = new HttpProblem(426, 'Upgrade Required', {
  detail: 'this server answers by https alone',
  headers: { upgrade: 'TLS/1.2, HTTP/1.1', connection: 'Upgrade' },
});

/** The header by which browsers use a public name by HTTPS alone (RFC 6797); null for a name of a local network, or an address. */
export function strictTransport(request: Request, { hstsSeconds }: TlsConfig): string | null {
  if (hstsSeconds === 0 || !isSecure(request) || isLocalHost(request.headers.host)) return null;
  return `max-age=${hstsSeconds}`;
}
