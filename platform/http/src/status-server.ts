import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Logger, READY, type Service } from '@giggityflix/kernel';
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
import { createOriginGuard } from './origin-guard.ts';
import { createProbes, type ProbeSources } from './probes.ts';
import { HttpProblem, noRoute, wrongMethod } from './problem.ts';

export interface StatusServerOptions extends ProbeSources {
  name: string;
  host: string;
  port: number;
  logger: Logger;
  receiveTimeouts?: ReceiveTimeouts;
}

export interface StatusServer extends Service {
  /** The address in use, known after `start` (the port may have been 0). */
  address(): ListenerAddress;
}

/** An `import` of this module reads all it exports, and so loads its WebSocket client, which takes 8 MB of memory. */
const { createServer } = process.getBuiltinModule('node:http');

/**
 * The listener of a process that answers probes and scrapers alone ({@link createProbes}). Fastify would take 5 MB of
 * such a process for three routes without a parameter.
 */
export function createStatusServer(options: StatusServerOptions): StatusServer {
  const probes = createProbes(options);
  const guard = createOriginGuard({ listensOn: options.host });
  const received = receiveOptions(options.receiveTimeouts ?? RECEIVE_TIMEOUTS);
  const server = createServer(received, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (error instanceof HttpProblem) return refuse(response, error);
      options.logger.error({ err: error }, 'request failed');
      if (!response.headersSent) refuse(response, new HttpProblem(500, 'Internal Server Error'));
      response.end();
    });
  });
  delayClosingOfIdle(server);
  capConnections(server, { most: MAX_CONNECTIONS_PER_ADDRESS, proxies: NO_PROXIES });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume();
    const refusal = guard.refusal(request);
    if (refusal) return refuse(response, refusal);
    const path = request.url?.split('?')[0] ?? '';
    const probe = Object.hasOwn(probes, path) ? probes[path] : undefined;
    if (!probe) return refuse(response, noRoute(request.method, path));
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return refuse(response, wrongMethod(request.method, path, 'GET, HEAD'));
    const { status, type, body } = await probe(request);
    response.writeHead(status, {
      ...CONFINEMENT,
      'content-type': type,
      'content-length': Buffer.byteLength(body),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  let address = { host: options.host, port: options.port, url: '' };
  return {
    address: () => address,
    async start() {
      // In a worker of `node:cluster`, too, the answers are those of this very process.
      server.listen({ host: options.host, port: options.port, exclusive: true });
      await once(server, 'listening');
      address = addressOf(server);
      options.logger.debug({ url: address.url }, `${options.name} listens`);
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
    ready: () => READY,
  };
}

function refuse(response: ServerResponse, problem: HttpProblem): void {
  response.writeHead(problem.status, {
    ...CONFINEMENT,
    'content-type': 'application/problem+json',
    ...problem.headers,
  });
  response.end(JSON.stringify(problem.toBody()));
}
