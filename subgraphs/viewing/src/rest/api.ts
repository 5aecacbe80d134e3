import { clientAddress, HttpProblem, type TrustedProxies } from '@giggityflix/http';
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify';
import type { Access } from '../access/access.ts';
import type { DemotionStore } from '../demotions/demotions.ts';
import type { ViewingMetrics } from '../metrics.ts';
import type { Playback } from '../playback/playback.ts';
import type { PlaybackTokens } from '../tokens/tokens.ts';
import { registerDemotedPeers } from './demoted-peers.ts';
import { registerRoutes } from './routes.ts';

/** Largest request body, in bytes: the largest documented one holds a token. */
const BODY_LIMIT = 32_768;

/** Longest id in a path that reaches a route, in characters: Node.js takes no longer request line. */
const MAX_PARAM_LENGTH = 16_384;

/** What the API needs of the server: any string may be an id in a path, and is at worst not found. */
export function restServerOptions(): FastifyServerOptions {
  return {
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    frameworkErrors: (_error, _request, reply: FastifyReply) => {
      const problem = new HttpProblem(404, 'Not Found', { detail: 'the path cannot be decoded' });
      reply.code(404).type('application/problem+json').send(problem.toBody());
    },
  };
}

/** Puts the documented HTTP API on a server, with what all its routes share: address limits, bodies, metrics, failures. */
export function createRestApi(
  app: FastifyInstance,
  deps: {
    playback: Playback;
    demotions: DemotionStore;
    tokens: PlaybackTokens;
    access: Access;
    metrics: ViewingMetrics;
    trustedProxies: TrustedProxies;
  },
): void {
  const { playback, demotions, tokens, access, metrics, trustedProxies } = deps;
  app.register(async (scope) => {
    acceptBodies(scope);
    scope.addHook('onRequest', (request, _reply, done) => {
      access.limitAddress(clientAddress(request, trustedProxies));
      done();
    });
    scope.addHook('onResponse', (request, reply, done) => {
      metrics.requestSeconds.observe(
        { route: request.routeOptions.url ?? 'unknown', status: String(reply.statusCode) },
        reply.elapsedTime / 1_000,
      );
      done();
    });
    const callers = {
      identify: (request: FastifyRequest) => access.identify(request),
      limitUser: (userId: string) => access.limitUser(userId),
    };
    registerRoutes(scope, { playback, tokens, ...callers });
    registerDemotedPeers(scope, { demotions, ...callers });
  });
}

/** An empty body is none, whatever its content type: clients put one on `POST …/pause`. */
function acceptBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: BODY_LIMIT },
    async (_request: unknown, body: string) => {
      if (body.trim() === '') return undefined;
      try {
        return JSON.parse(body);
      } catch {
        throw new HttpProblem(400, 'Bad Request', { detail: 'the body is not valid JSON' });
      }
    },
  );
  scope.addContentTypeParser(
    '*',
    { parseAs: 'string', bodyLimit: BODY_LIMIT },
    async (_request: unknown, body: string) => {
      if (body === '') return undefined;
      throw new HttpProblem(415, 'Unsupported Media Type', { detail: 'the body must be application/json' });
    },
  );
}
