import { type AccessLimits, badBody, forBackendsAlone, isLimited } from '@giggityflix/http';
import { parseCatalogId } from '@giggityflix/proto/catalog-id';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { CatalogReads } from '../store/store.ts';

const BODY_LIMIT = 131_072;
const MAX_IDS = 500;

/** Limits are always stated: one that is left out by mistake would be none. */
const checkBody = z.object({
  catalog_ids: z.array(z.string().max(200)).max(MAX_IDS),
  libraries: z.array(z.string().max(100)).max(100).nullable(),
  rating_limit: z.int().min(0).max(99).nullable(),
});

/** What the other services ask about someone who is limited: which of some files there are for them. */
export function serveAccessChecks(
  app: FastifyInstance,
  deps: { seenBy: (limits: AccessLimits) => CatalogReads; serviceTokens: readonly string[] },
): void {
  app.register(async (scope) => {
    forBackendsAlone(scope, deps.serviceTokens);
    scope.post('/api/access/check', { bodyLimit: BODY_LIMIT }, async ({ body }) => {
      const parsed = checkBody.safeParse(body);
      if (!parsed.success) throw badBody(parsed.error);
      const { catalog_ids, libraries, rating_limit: ratingLimit } = parsed.data;
      const limits = { libraries, ratingLimit };
      if (!isLimited(limits)) return { allowed: catalog_ids };
      const ids = [...new Set(catalog_ids.flatMap((id) => parseCatalogId(id) ?? []))];
      const files = await deps.seenBy(limits).files(ids);
      return { allowed: files.map(({ catalogId }) => catalogId) };
    });
  });
}
