import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  type Logger,
  notReady,
  READY,
  type Readiness,
  type Service,
  UnavailableError,
} from '@giggityflix/kernel';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyServerOptions,
  LogController,
} from 'fastify';
import { Gauge, type Registry } from 'prom-client';
import type { TrustedProxies } from './client-address.ts';
import { HttpProblem } from './problem.ts';
import { traceRequest } from './trace-request.ts';

export interface HttpServerOptions {
  name: string;
  host: string;
  port: number;
  logger: Logger;
  metrics: Registry;
  /** What `GET /ready` reports. */
  ready: () => Readiness | Promise<Readiness>;
  /** Largest request body, in bytes. */
  bodyLimit?: number;
  /** Proxies whose word on a request's scheme and host is believed; for its address ask `clientAddress`. */
  trustedProxies?: TrustedProxies;
  fastify?: FastifyServerOptions;
}

export interface HttpServer extends Service {
  /** Routes and plugins are registered here before `start`. */
  readonly app: FastifyInstance;
  /** The address in use, known after `start` (the port may have been 0). */
  address(): { host: string; port: number; url: string };
}

/** Longer than the idle time after which clients (undici: 4 s, proxies: 60 s) reuse a connection. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
/**
 * How long connections between two requests are kept for a last one when the server stops, in milliseconds: cutting
 * them at once loses requests that are under way.
 */
const LAST_REQUESTS_MS = 50;
/** An `import` of this module reads all it exports, and so loads its WebSocket client, which takes 8 MB of memory. */
const { STATUS_CODES } = process.getBuiltinModule('node:http');
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
    schemaController: { compilersFactory: NO_COMPILERS },
    ...(trustedProxies?.ranges.length && { trustProxy: (address) => trustedProxies.includes(address) }),
    ...options.fastify,
  }) as unknown as FastifyInstance;
  // What a request publishes belongs to the trace the request belongs to.
  app.addHook('onRequest', (request, reply, done) => traceRequest(options.name, request, reply, done));
  delayClosingOfIdle(app.server);
  app.addHook('onSend', (request, reply, _payload, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  reportReadiness(options.metrics, options.ready);
  app.get('/health', async () => ({ status: 'ok' }));
  app.get('/ready', async (_request, reply) => {
    const readiness = await readinessOf(options.ready);
    reply.code(readiness.ready ? 200 : 503);
    return readiness.ready ? { status: 'ready' } : { status: 'not ready', reason: readiness.reason };
  });
  app.get('/metrics', async (_request, reply) => {
    reply.type(options.metrics.contentType);
    return options.metrics.metrics();
  });
  app.setNotFoundHandler(async (request, reply) => {
    const problem = new HttpProblem(404, 'Not Found', {
      detail: `no route ${request.method} ${request.url.split('?')[0]}`,
    });
    return reply.code(404).type('application/problem+json').send(problem.toBody());
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
    address: () => address,
    async start() {
      // In a worker of `node:cluster`, too, the answers are those of this very process.
      await app.listen({ host: options.host, port: options.port, exclusive: true });
      const bound = app.server.address();
      if (bound && typeof bound === 'object') {
        const host = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
        address = { host: bound.address, port: bound.port, url: `http://${host}:${bound.port}` };
      }
      options.logger.debug({ url: address.url }, `${options.name} listens`);
    },
    async stop() {
      await app.close();
    },
    ready: () => READY,
  };
}

/**
 * `close` of Node.js' servers stops listening and calls this once; it then waits until every connection has ended. One
 * whose request was in flight becomes idle only later: without another check it would be kept open.
 */
function delayClosingOfIdle(server: Server): void {
  const closeIdle = server.closeIdleConnections.bind(server);
  server.closeIdleConnections = () => {
    const sweep = setInterval(closeIdle, LAST_REQUESTS_MS);
    server.once('close', () => clearInterval(sweep));
  };
}

function quieter(level: string): string {
  return level === 'info' ? 'warn' : level;
}

/** Refuses an upgrade request, with a status such as `404 Not Found`. */
export function refuseUpgrade(socket: Duplex, status: string): void {
  // Node.js leaves the socket to us: if it breaks now and nobody listens, the process ends.
  socket.on('error', () => {});
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function reportReadiness(registry: Registry, ready: HttpServerOptions['ready']): void {
  if (registry.getSingleMetric('service_ready')) return;
  new Gauge({
    name: 'service_ready',
    help: 'Whether GET /ready answers 200',
    registers: [registry],
    async collect() {
      this.set((await readinessOf(ready)).ready ? 1 : 0);
    },
  });
}

/** A check that fails is a reason not to be ready, not a failure of the request. */
async function readinessOf(check: HttpServerOptions['ready']): Promise<Readiness> {
  try {
    return await check();
  } catch (error) {
    return notReady(error instanceof Error ? error.message : String(error));
  }
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
