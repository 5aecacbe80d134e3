import type { OriginGuard } from '@giggityflix/http';
import type { FastifyInstance } from 'fastify';

const ALLOWED_HEADERS =
  'content-type, authorization, apollo-require-preflight, x-apollo-operation-name, graphql-require-preflight, x-request-id, traceparent, x-operation-cost';
/** How long browsers may remember the answer to a preflight request, in seconds. */
const MAX_AGE_SECONDS = 7_200;

/**
 * Cross-origin resource sharing for the listed origins; preflight requests of others are answered without permission.
 *
 * Not @fastify/cors, which answers those with 404 and adds a route for every path.
 */
export function registerCors(app: FastifyInstance, origins: OriginGuard): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    if (origin !== undefined) {
      reply.header('vary', 'origin');
      const allowed = origins.allow(origin);
      if (allowed !== null) {
        reply.header('access-control-allow-origin', allowed);
        reply.header('access-control-expose-headers', 'x-request-id, retry-after');
      }
    }
    done();
  });
  for (const path of ['/graphql', '/graphql/stream'])
    app.options(path, (request, reply) => {
      if (origins.allow(request.headers.origin) !== null)
        reply
          .header('access-control-allow-methods', 'GET, POST')
          .header('access-control-allow-headers', ALLOWED_HEADERS)
          .header('access-control-max-age', MAX_AGE_SECONDS);
      return reply.code(204).send();
    });
}
