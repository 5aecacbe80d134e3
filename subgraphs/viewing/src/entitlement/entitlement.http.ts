import { type Logger, UnavailableError } from '@giggityflix/kernel';
import { z } from 'zod';
import { createCache } from '../resilience/cache.ts';
import { createUpstream, type UpstreamConfig } from '../resilience/upstream.ts';
import type { Entitlement, EntitlementProvider } from './entitlement.ts';

const CACHE_ENTRIES = 10_000;
/** A viewer who starts one file after another causes one request; a cancelled plan takes effect within this time. */
const ENTITLED_TTL_MS = 10_000;
/** Someone who has just paid is not refused for long. */
const REFUSED_TTL_MS = 1_000;

const answer = z.object({
  entitled: z.boolean(),
  reason: z.string().max(500).optional(),
  until: z.iso.datetime({ offset: true }).nullish(),
  max_concurrent_streams: z.int().min(0).max(1_000).nullish(),
});
const limit = z.object({ max_concurrent_streams: z.int().min(0).max(1_000).nullish() });

/**
 * Asks the identity service:
 * `POST /api/entitlements/check {user_id, profile_id, content_id, region}` answers 200
 * `{entitled, reason?, max_concurrent_streams?, until?}`; 403 and 404 mean not entitled.
 * `POST /api/entitlements/limits {user_id}` answers 200 `{max_concurrent_streams}`.
 */
export function createHttpEntitlement(options: {
  upstream: UpstreamConfig;
  /** What to answer while the identity service is unavailable: refuse with 503, or entitle with the defaults. */
  whenUnavailable: 'closed' | 'open';
  logger: Logger;
  onBreaker?(state: string): void;
}): EntitlementProvider {
  const upstream = createUpstream({
    name: 'identity',
    config: options.upstream,
    logger: options.logger,
    onState: (state) => options.onBreaker?.(state),
  });
  const checks = createCache<Entitlement>({
    maxEntries: CACHE_ENTRIES,
    ttlMs: ({ entitled }) => (entitled ? ENTITLED_TTL_MS : REFUSED_TTL_MS),
  });
  const limits = createCache<number | null>({ maxEntries: CACHE_ENTRIES, ttlMs: () => ENTITLED_TTL_MS });
  const orFallback = async <T>(ask: () => Promise<T>, fallback: T): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof UnavailableError) || options.whenUnavailable === 'closed') throw error;
      options.logger.warn(
        { err: error },
        'identity is unavailable; entitling with the defaults, as configured',
      );
      return fallback;
    }
  };
  return {
    check: (request) =>
      orFallback(
        () =>
          checks.get(
            JSON.stringify([request.userId, request.profileId, request.catalogId, request.region]),
            async () => {
              const { status, body } = await upstream.post('api/entitlements/check', {
                user_id: request.userId,
                profile_id: request.profileId,
                content_id: request.catalogId,
                region: request.region,
              });
              const parsed = answer.safeParse(body);
              if (status === 403 || status === 404)
                return { entitled: false, reason: (parsed.success && parsed.data.reason) || 'not entitled' };
              if (status !== 200 || !parsed.success)
                throw new UnavailableError('identity', { cause: new Error(`identity answered ${status}`) });
              return parsed.data.entitled
                ? {
                    entitled: true,
                    maxConcurrentStreams: parsed.data.max_concurrent_streams ?? null,
                    ...(parsed.data.until && { until: Date.parse(parsed.data.until) }),
                  }
                : { entitled: false, reason: parsed.data.reason ?? 'not entitled' };
            },
          ),
        { entitled: true, maxConcurrentStreams: null },
      ),
    limitOf: (userId) =>
      orFallback(
        () =>
          limits.get(userId, async () => {
            const { status, body } = await upstream.post('api/entitlements/limits', { user_id: userId });
            if (status === 404) return null;
            const parsed = limit.safeParse(body);
            if (status !== 200 || !parsed.success)
              throw new UnavailableError('identity', { cause: new Error(`identity answered ${status}`) });
            return parsed.data.max_concurrent_streams ?? null;
          }),
        null,
      ),
    close: () => upstream.close(),
  };
}
