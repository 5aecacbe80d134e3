import { readFileSync } from 'node:fs';
import { createHttpServer, type HttpServer, type TrustedProxies } from '@giggityflix/http';
import type { Logger, Readiness } from '@giggityflix/kernel';
import type { Registry } from '@giggityflix/telemetry';
import type { SharedTitle } from '../library/types.ts';
import type { Owner } from '../owner/owner.ts';
import type { PeerStatus } from '../status/status.ts';
import type { UnsharedFile } from '../status/unshared.ts';
import type { ViewerStatus } from '../streaming/index.ts';
import { addOwnerRoutes } from './owner-routes.ts';

export interface PageDeps {
  logger: Logger;
  metrics: Registry;
  ready: () => Readiness | Promise<Readiness>;
  status: () => PeerStatus;
  viewers: () => ViewerStatus[];
  titles: (limit: number) => SharedTitle[];
  unshared: (limit: number) => UnsharedFile[];
  owner: Owner;
}

/** Titles on the page; a library of thousands is looked at with `giggityflix-peer files`. */
const MAX_TITLES = 500;
/** Files on the page that are not shared. */
const MAX_UNSHARED = 200;

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** The owner's page: what is shared, who is watching, how fast, and the settings; with health, readiness and metrics. */
export function createPageServer(
  config: { host: string; port: number; allowedHosts: readonly string[]; metricsAllowed?: TrustedProxies },
  deps: PageDeps,
): HttpServer {
  const server = createHttpServer({
    name: 'peer',
    ...config,
    ...deps,
    // The page has no sign-in.
    guard: { hosts: config.allowedHosts, admitsEveryone: true, hasPages: true },
  });
  const { app } = server;
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(HEADERS);
  });
  const asset = (path: string, file: string, type: string) => {
    const body = readFileSync(new URL(`./page/${file}`, import.meta.url));
    app.get(path, async (_request, reply) => reply.type(type).send(body));
  };
  asset('/', 'index.html', 'text/html; charset=utf-8');
  asset('/page.css', 'page.css', 'text/css; charset=utf-8');
  for (const script of ['page.js', 'settings.js', 'elements.js'])
    asset(`/${script}`, script, 'text/javascript; charset=utf-8');
  app.get('/api/status', async () => deps.status());
  app.get('/api/viewers', async () => deps.viewers());
  app.get('/api/titles', async () => deps.titles(MAX_TITLES));
  app.get('/api/unshared', async () => deps.unshared(MAX_UNSHARED));
  addOwnerRoutes(server, deps.owner);
  return server;
}
