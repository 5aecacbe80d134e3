import type { IncomingHttpHeaders } from 'node:http';
import { HttpProblem } from './problem.ts';

/** Which web pages may talk to a listener, and under which names it is reached. */
export interface OriginGuardOptions {
  /** The address it listens on. */
  listensOn: string;
  /** Origins such as `https://tv.example` whose pages may send requests; `*` for any page. Its own always may. */
  origins?: readonly string[];
  /**
   * Names it is reached under, beside those of this machine and of its listed origins; with a port where that is not the scheme's
   * own.
   */
  hosts?: readonly string[];
  /** Everyone who reaches it is let in, as at home: a page must not reach it under a name of its own. */
  admitsEveryone?: boolean;
  /** It serves pages, which send it requests. One that does not knows no page of its own: only of a foreign name (DNS rebinding). */
  hasPages?: boolean;
}

export interface OriginGuard {
  /** The value of `Access-Control-Allow-Origin` for a page, or null when it is not on the list. */
  allow(origin: string | undefined): string | null;
  /**
   * Why a request is refused that a browser may have been made to send by a page which is not on the list; null lets it
   * in. Being on the same machine or network is trust that such a page would borrow (CSRF), and under a name that
   * resolves to this machine it would even be of the same origin (DNS rebinding).
   */
  refusal(request: GuardedRequest): OriginRefusal | null;
}

/** Node.js' requests and Fastify's are such. */
export interface GuardedRequest {
  method?: string | undefined;
  headers: IncomingHttpHeaders;
  /** What any page may embed, such as a picture, if it sends no origin and so cannot read it. */
  embeddable?: boolean | undefined;
}

/** A foreign page (403) or a foreign name (421). */
export class OriginRefusal extends HttpProblem {}

/** Headers a page can only set after a preflight request, which is granted to listed origins alone. */
const PREFLIGHTED = ['apollo-require-preflight', 'x-apollo-operation-name', 'graphql-require-preflight'];

const LOOPBACK = /^(localhost|([a-z0-9-]+\.)*localhost|127(\.\d{1,3}){3}|\[::1\])$/;
/** No page has such a name: they are addresses, or names that only a local resolver knows (RFC 6762, RFC 8375). */
const LOCAL =
  /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:.]+\]|[a-z0-9_-]+|([a-z0-9_-]+\.)+(local|internal|lan|home\.arpa))$/;

const FOREIGN_PAGE = new OriginRefusal(403, 'Forbidden', {
  detail: 'this web page is not allowed to send requests here; its origin is not in the list of allowed ones',
});
const FOREIGN_NAME = new OriginRefusal(421, 'Misdirected Request', {
  detail: 'this server is not reached under that name; names it has are listed in ALLOWED_HOSTS',
});

/**
 * A listener on a loopback address answers to loopback names alone. One that admits everyone, or that has a list of
 * `hosts`, answers to those, to addresses and to names of local networks, as containers have. Any other answers to each name:
 * there a page gains nothing without the credentials that it lacks.
 */
export function createOriginGuard(options: OriginGuardOptions): OriginGuard {
  const origins = new Set(options.origins ?? []);
  const hosts = new Set((options.hosts ?? []).map(listedHost));
  const names = new Set([...hosts].map(nameOf));
  /** A page that is listed may be one of this very listener. */
  const originHosts = new Set([...origins].map(hostOf));
  const isLoopback = LOOPBACK.test(bracketed(options.listensOn));
  const isStrict = isLoopback || options.admitsEveryone === true || hosts.size > 0;
  const isListed = (origin: string) => origins.has('*') || origins.has(origin);
  const isOurs = remembered((host) => {
    // Programs may send none; a page's request has its name.
    if (!isStrict || !host) return true;
    const name = nameOf(host);
    return (
      LOOPBACK.test(name) ||
      names.has(name) ||
      originHosts.has(host.toLowerCase()) ||
      (!isLoopback && LOCAL.test(name))
    );
  });
  /** A proxy may pass requests on under another name than the one its pages have. */
  const isNamed = (origin: string) => hosts.has(hostOf(origin));
  /** Programs send an origin, too, which is the name they ask; a page of someone else's has no name of this machine. */
  const mayHavePages =
    options.hasPages === true
      ? () => true
      : remembered((host) => isLocalHost(host) || names.has(nameOf(host ?? '')));
  return {
    allow: (origin) => (origin !== undefined && isListed(origin) ? origin : null),
    refusal({ method, headers, embeddable }) {
      const { origin, host } = headers;
      if (!isOurs(host)) return FOREIGN_NAME;
      // A preflight request does nothing, and what it may not do its answer says.
      if (method === 'OPTIONS') return null;
      if (typeof origin === 'string' && !mayHavePages(host))
        return isListed(origin) || isNamed(origin) ? null : FOREIGN_PAGE;
      if (PREFLIGHTED.some((name) => headers[name] !== undefined)) return null;
      if (typeof origin === 'string')
        return isListed(origin) || isNamed(origin) || (!!host && hostOf(origin) === host.toLowerCase())
          ? null
          : FOREIGN_PAGE;
      if (embeddable) return null;
      const site = headers['sec-fetch-site'];
      const isForeign = site === 'cross-site' || site === 'same-site';
      return isForeign && headers['sec-fetch-mode'] !== 'navigate' ? FOREIGN_PAGE : null;
    },
  };
}

/** Most requests name the host that the one before named. */
function remembered(decide: (host: string | undefined) => boolean): (host: string | undefined) => boolean {
  let last: { host: string | undefined; decision: boolean } | undefined;
  return (host) => {
    if (!last || last.host !== host) last = { host, decision: decide(host) };
    return last.decision;
  };
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address.toLowerCase();
}

/** The name in a host: without its port, and without the dot that ends a full name. */
function nameOf(host: string): string {
  return host
    .toLowerCase()
    .replace(/:\d{1,5}$/, '')
    .replace(/\.$/, '');
}

/** As browsers send what people list: an origin in place of its host, an IPv6 address without brackets, letters of any script. */
function listedHost(listed: string): string {
  const given = listed.trim().replace(/^https?:\/\//i, '');
  const host = given.split(':').length > 2 && !given.startsWith('[') ? `[${given}]` : given;
  const parsed = URL.parse(`http://${host}`);
  return (parsed ? parsed.host : host.toLowerCase()).replace(/:443$/, '').replace(/\.(?=:\d+$|$)/, '');
}

/** Empty for an origin without a host, such as `null`. */
function hostOf(origin: string): string {
  return URL.parse(origin)?.host ?? '';
}

/** Whether a `Host` header is one that no page of a foreign name sends: of this machine or of a local network, or none. */
export function isLocalHost(host: string | undefined): boolean {
  const name = nameOf(host ?? '');
  return name === '' || LOOPBACK.test(name) || LOCAL.test(name);
}
