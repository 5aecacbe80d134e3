import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Logger, READY, type Service, UnavailableError } from '@giggityflix/kernel';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyServerOptions,
  LogController,
} from 'fastify';
import { watchRoutes } from './allowed-methods.ts';
import { NO_PROXIES } from './client-address.ts';
import { capConnections, MAX_CONNECTIONS_PER_ADDRESS } from './connection-cap.ts';
import {
  addressOf,
  CONFINEMENT,
  delayClosingOfIdle,
  type ListenerAddress,
  RECEIVE_TIMEOUTS,
  type ReceiveTimeouts,
  receiveOptions,
} from './listener.ts';
import { createOriginGuard, type OriginGuard } from './origin-guard.ts';
import type { OriginConfig } from './origin-variables.ts';
import { createProbes, type ProbeSources } from './probes.ts';
import { HttpProblem, noRoute, wrongMethod } from './problem.ts';
import { addTls } from './tls/listener.ts';
import { plainAnswer, strictTransport } from './tls/plain-http.ts';
import type { TlsConfig } from './tls/variables.ts';
import { traceRequest } from './trace-request.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Any page may show what this route answers. */
    embeddable?: boolean;
    /** Answered by plain HTTP, too, where there is HTTPS. */
    plainHttp?: boolean;
  }
}

export interface HttpServerOptions extends ProbeSources {
  name: string;
  host: string;
  port: number;
  logger: Logger;
  /** Which pages may send requests, and under which names it is reached; by default its own, and those of this machine. */
  guard?: OriginConfig | undefined;
  /** Largest request body, in bytes. */
  bodyLimit?: number;
  receiveTimeouts?: ReceiveTimeouts;
  /** Serves HTTPS on its port; null or unset for HTTP alone. */
  tls?: TlsConfig | null;
  fastify?: FastifyServerOptions;
}

export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

export interface HttpServer extends Service {
  /** Routes and plugins are registered here before `start`. */
  readonly app: FastifyInstance;
  /** Whether a web page may send a request; every request and upgrade has been asked. */
  readonly origins: OriginGuard;
  /** Takes the upgrade requests that the guard lets in. The listener answers each of them. */
  onUpgrade(listener: UpgradeListener): void;
  /** The address in use, known after `start` (the port may have been 0). */
  address(): ListenerAddress;
}

/** Longer than the idle time after which clients (undici: 4 s, proxies: 60 s) reuse a connection. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
/** An `import` of this module reads all it exports, and so loads its WebSocket client, which takes 8 MB of memory. */
const { STATUS_CODES } = process.getBuiltinModule('node:http');
/** How long a client may take to read that its upgrade is refused, in milliseconds. */
const REFUSED_SOCKET_MS = 1_000;
const CONFINING_HEADERS = Object.entries(CONFINEMENT);
const DEFAULT_BODY_LIMIT = 1_048_576;
/** Routes check their input with zod; without these Fastify loads its own compilers, which take 4 MB of memory. */
const NO_COMPILERS = { buildValidator: () => noSchemas, buildSerializer: () => noSchemas };

function noSchemas(): never {
  throw new Error('routes have no JSON schemas: check the input with zod');
}

/**
 * The HTTP base of every process: `GET /health` (alive), `GET /ready` (would it serve now, and if not, why),
 * `GET /metrics` (Prometheus), failures as RFC 9457 problems, and an end that lets requests in flight finish.
 */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { trustedProxies } = options;
  const received = receiveOptions(options.receiveTimeouts ?? RECEIVE_TIMEOUTS);
  const app = Fastify({
    // Fastify's own log lines about listening addresses repeat what the service logs.
    loggerInstance: options.logger.child({}, { level: quieter(options.logger.level) }),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (request) => requestId(request.headers['x-request-id']),
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    // A request that made it here before the connection closed is answered like any other.
    return503OnClosing: false,
    bodyLimit: options.bodyLimit ?? DEFAULT_BODY_LIMIT,
    http: received,
    requestTimeout: received.requestTimeout,
    schemaController: { compilersFactory: NO_COMPILERS },
    ...(trustedProxies?.ranges.length && { trustProxy: (address) => trustedProxies.includes(address) }),
    ...options.fastify,
  }) as unknown as FastifyInstance;
  const methodsOf = watchRoutes(app);
  const origins = createOriginGuard({ listensOn: options.host, ...options.guard });
  app.addHook('onRequest', ({ method, headers, routeOptions }, _reply, done) => {
    const { embeddable } = routeOptions.config;
    done(origins.refusal({ method, headers, embeddable }) ?? undefined);
  });
  const secured = options.tls ? secure(app, options.tls, options) : null;
  // What a request publishes belongs to the trace the request belongs to.
  app.addHook('onRequest', (request, reply, done) => traceRequest(options.name, request, reply, done));
  delayClosingOfIdle(app.server);
  capConnections(app.server, {
    most: MAX_CONNECTIONS_PER_ADDRESS,
    proxies: trustedProxies ?? NO_PROXIES,
    ...(secured && { connectionOf: secured.connectionOf }),
  });
  app.addHook('onSend', (request, reply, _payload, done) => {
    reply.header('x-request-id', request.id);
    for (const [name, value] of CONFINING_HEADERS) if (!reply.hasHeader(name)) reply.header(name, value);
    done();
  });
  for (const [path, probe] of Object.entries(createProbes(options)))
    app.get(path, { config: { plainHttp: true } }, async (request, reply) => {
      const { status, type, body } = await probe(request);
      return reply.code(status).type(type).send(body);
    });
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const allow = methodsOf(path);
    const problem = allow ? wrongMethod(request.method, path, allow) : noRoute(request.method, path);
    return reply
      .code(problem.status)
      .headers(problem.headers)
      .type('application/problem+json')
      .send(problem.toBody());
  });
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const problem = toProblem(error);
    if (problem.status === 500) request.log.error({ err: error }, 'request failed');
    return reply
      .code(problem.status)
      .headers(problem.headers)
      .type('application/problem+json')
      .send(problem.toBody());
  });

  let address = { host: options.host, port: options.port, url: '' };
  return {
    app,
    origins,
    onUpgrade(listener) {
      app.server.on('upgrade', (request, socket, head) => {
        const refusal = origins.refusal(request);
        if (refusal) refuseUpgrade(socket, `${refusal.status} ${refusal.title}`);
        else if (secured?.answerTo(request)) refuseUpgrade(socket, '426 Upgrade Required');
        else listener(request, socket, head);
      });
    },
    address: () => address,
    async start() {
      await secured?.start(options.host);
      // In a worker of `node:cluster`, too, the answers are those of this very process.
      await app.listen({ host: options.host, port: options.port, exclusive: true });
      address = addressOf(app.server);
      options.logger.debug({ url: address.url }, `${options.name} listens`);
    },
    async stop() {
      await secured?.stop();
      await app.close();
    },
    ready: () => READY,
  };
}

/** HTTPS on the port of `app`, and what plain HTTP gets there. */
function secure(
  app: FastifyInstance,
  tls: TlsConfig,
  {
    logger,
    metrics,
    trustedProxies = NO_PROXIES,
  }: Pick<HttpServerOptions, 'logger' | 'metrics' | 'trustedProxies'>,
) {
  const listener = addTls(app.server, tls, { logger, metrics });
  const answerTo = (request: IncomingMessage) =>
    plainAnswer(request, { config: tls, port: addressOf(app.server).port, proxies: trustedProxies });
  app.addHook('onRequest', async (request, reply) => {
    const answer = request.routeOptions.config.plainHttp ? null : answerTo(request.raw);
    if (answer?.kind === 'refuse') throw answer.problem;
    if (answer) return reply.redirect(answer.location, 308);
  });
  app.addHook('onSend', (request, reply, _payload, done) => {
    const strict = strictTransport(request.raw, tls);
    if (strict) reply.header('strict-transport-security', strict);
    done();
  });
  return { ...listener, answerTo };
}

function quieter(level: string): string {
  return level === 'info' ? 'warn' : level;
}

/** Refuses an upgrade request, with a status such as `404 Not Found`; `retryAfter` says when to come again, in seconds. */
export function refuseUpgrade(socket: Duplex, status: string, retryAfter?: string): void {
  // Node.js leaves the socket to us: if it breaks now and nobody listens, the process ends.
  socket.on('error', () => {});
  const retry = retryAfter === undefined ? '' : `Retry-After: ${retryAfter}\r\n`;
  socket.end(`HTTP/1.1 ${status}\r\n${retry}Connection: close\r\nContent-Length: 0\r\n\r\n`);
  // A client that does not close its half holds nothing here.
  setTimeout(() => socket.destroy(), REFUSED_SOCKET_MS).unref();
}

function requestId(given: string | string[] | undefined): string {
  return typeof given === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : randomUUID();
}

function toProblem(error: FastifyError | HttpProblem | UnavailableError): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof UnavailableError)
    return new HttpProblem(503, 'Service Unavailable', {
      detail: error.advice,
      headers: { 'retry-after': String(error.retryAfterSeconds) },
    });
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500)
    return new HttpProblem(status, STATUS_CODES[status] ?? 'Bad Request', { detail: error.message });
  return new HttpProblem(500, 'Internal Server Error', {
    detail: 'the request failed; its id is in the x-request-id header',
  });
}
