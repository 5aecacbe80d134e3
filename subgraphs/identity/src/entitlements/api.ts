import { badBody, forBackendsAlone } from '@giggityflix/http';
import type { FastifyInstance } from 'fastify';
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
  app.register(async (scope) => {
    forBackendsAlone(scope, serviceTokens);
    scope.post('/api/entitlements/check', { bodyLimit: BODY_LIMIT }, async ({ body }) => {
      const { user_id, profile_id = null, content_id = null, region = null } = parsed(checkBody, body);
      return entitlements.check({ userId: user_id, profileId: profile_id, contentId: content_id, region });
    });
    scope.post('/api/entitlements/limits', { bodyLimit: BODY_LIMIT }, async ({ body }) => {
      const { user_id } = parsed(limitsBody, body);
      return { max_concurrent_streams: await entitlements.limitOf(user_id) };
    });
  });
}

function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (!result.success) throw badBody(result.error);
  return result.data;
}
