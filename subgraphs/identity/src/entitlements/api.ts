import {
  bearerOf,
  createServiceTokens,
  HttpProblem,
  isLocalHost,
  isLoopbackAddress,
  SERVICE_TOKEN_HEADER,
} from '@giggityflix/http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Entitlements } from './entitlements.ts';

const BODY_LIMIT = 32_768;
const text = z.string().min(1).max(1_000);
const checkBody = z.object({
  user_id: text,
  profile_id: text.nullish(),
  content_id: text.nullish(),
  region: z
    .string()
    .regex(/^[A-Z]{2}$/, 'expected two capital letters, as ISO 3166-1 alpha-2 has them')
    .nullish(),
});
const limitsBody = z.object({ user_id: text });

/**
 * What the viewing service asks (docs/viewing.md), for those who present a service token; where there are none, for processes of
 * this machine.
 */
export function createEntitlementsApi(
  app: FastifyInstance,
  deps: { entitlements: Entitlements; serviceTokens: readonly string[] },
): void {
  const { entitlements, serviceTokens } = deps;
  const isServiceToken = createServiceTokens(serviceTokens);
  const isBackend = ({ headers, raw }: FastifyRequest) => {
    const presented = headers[SERVICE_TOKEN_HEADER] ?? bearerOf(headers.authorization ?? '');
    if (serviceTokens.length === 0)
      return isLoopbackAddress(raw.socket.remoteAddress ?? '') && isLocalHost(headers.host);
    return typeof presented === 'string' && isServiceToken(presented);
  };
  app.register(async (scope) => {
    // Before the body is read.
    scope.addHook('onRequest', (request, _reply, done) =>
      done(isBackend(request) ? undefined : FOR_BACKENDS),
    );
    scope.post('/api/entitlements/check', { bodyLimit: BODY_LIMIT }, async ({ body }) => {
      const { user_id, region = null } = parsed(checkBody, body);
      return entitlements.check({ userId: user_id, region });
    });
    scope.post('/api/entitlements/limits', { bodyLimit: BODY_LIMIT }, async ({ body }) => {
      const { user_id } = parsed(limitsBody, body);
      return { max_concurrent_streams: await entitlements.limitOf(user_id) };
    });
  });
}

const FOR_BACKENDS = new HttpProblem(401, 'Unauthorized', {
  detail: 'backends of the platform ask this, with a service token',
  headers: { 'www-authenticate': 'Bearer' },
});

function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const detail = result.error.issues
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .join('; ');
  throw new HttpProblem(400, 'Bad Request', { detail });
}
