import { ids } from '@giggityflix/bus';
import { type Logger, UnavailableError } from '@giggityflix/kernel';
import { z } from 'zod';
import { createCache } from '../resilience/cache.ts';
import { createUpstream, type Upstream, type UpstreamConfig } from '../resilience/upstream.ts';
import type { Availability } from './availability.ts';

const CACHE_ENTRIES = 10_000;
/** A known file stays known; one that is not known yet is asked for again, so that it can be played at once. */
const KNOWN_TTL_MS = 300_000;
/** One request serves many viewers of a file; that a peer left is noticed after this time. */
const AVAILABLE_TTL_MS = 1_000;

const KNOWN = 'query ViewingContent($id: ID!) { mediaFile(catalogId: $id) { durationSeconds } }';
const AVAILABLE =
  'query ViewingAvailability($id: ID!) { catalogAvailability(catalogIds: [$id]) { isAvailable } }';
const PEER = `query ViewingPeer($id: ID!, $excluded: [ID!]) {
  playbackPeer(catalogId: $id, excludePeerIds: $excluded) { peerId edgeId connectionId }
}`;

const known = z.object({ mediaFile: z.object({ durationSeconds: z.number().nullable() }).nullable() });
type Content = NonNullable<z.infer<typeof known>['mediaFile']>;
const available = z.object({
  catalogAvailability: z.array(z.object({ isAvailable: z.boolean() })).length(1),
});
const peer = z.object({
  playbackPeer: z
    .object({ peerId: ids.peerId, edgeId: ids.edgeId, connectionId: ids.connectionId })
    .nullable(),
});

/** Queries the catalog (what exists) and the tracker (who has it) over GraphQL. */
export function createHttpAvailability(options: {
  catalog: UpstreamConfig;
  tracker: UpstreamConfig;
  logger: Logger;
  onBreaker?(upstream: string, state: string): void;
}): Availability {
  const { logger } = options;
  const upstream = (name: string, config: UpstreamConfig) =>
    createUpstream({ name, config, logger, onState: (state) => options.onBreaker?.(name, state) });
  const catalog = upstream('catalog', options.catalog);
  const tracker = upstream('tracker', options.tracker);
  const knownCache = createCache<Content | null>({
    maxEntries: CACHE_ENTRIES,
    ttlMs: (content) => (content ? KNOWN_TTL_MS : 0),
  });
  const availableCache = createCache<boolean>({
    maxEntries: CACHE_ENTRIES,
    ttlMs: (isAvailable) => (isAvailable ? AVAILABLE_TTL_MS : 0),
  });

  const contentOf = (id: string) =>
    knownCache.get(id, async () => (await ask(catalog, 'catalog', KNOWN, { id }, known)).mediaFile);
  const isAvailable = (id: string) =>
    availableCache.get(id, async () => {
      const answer = await ask(tracker, 'tracker', AVAILABLE, { id }, available);
      return answer.catalogAvailability[0]?.isAvailable ?? false;
    });

  return {
    async check(catalogId) {
      if (!ids.catalogId.safeParse(catalogId).success) return 'unknown';
      const [exists, hasPeer] = await Promise.allSettled([contentOf(catalogId), isAvailable(catalogId)]);
      if (exists.status === 'fulfilled' && exists.value === null) {
        // What a peer shares exists, even if the catalog has not received its description yet.
        return hasPeer.status === 'fulfilled' && hasPeer.value ? 'available' : 'unknown';
      }
      if (hasPeer.status === 'rejected') throw hasPeer.reason;
      if (hasPeer.value) {
        if (exists.status === 'rejected')
          logger.warn(
            { err: exists.reason, catalogId },
            'the catalog is unavailable; the tracker says that the file is available',
          );
        return 'available';
      }
      if (exists.status === 'rejected') throw exists.reason;
      return 'no_peer';
    },
    async choosePeer(catalogId, excluded) {
      const answer = await ask(tracker, 'tracker', PEER, { id: catalogId, excluded }, peer);
      return answer.playbackPeer;
    },
    async durationOf(catalogId) {
      try {
        return (await contentOf(catalogId))?.durationSeconds ?? null;
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error;
        return null;
      }
    },
    async close() {
      await Promise.all([catalog.close(), tracker.close()]);
    },
  };
}

/** @throws UnavailableError for an answer that does not match the schema. */
async function ask<T>(
  upstream: Upstream,
  name: string,
  query: string,
  variables: Record<string, unknown>,
  schema: z.ZodType<T>,
): Promise<T> {
  const { status, body } = await upstream.post('graphql', { query, variables });
  const data = z.object({ data: schema }).safeParse(body);
  if (data.success) return data.data.data;
  throw new UnavailableError(name, {
    cause: new Error(`${name} answered ${status} with ${JSON.stringify(body)?.slice(0, 500)}`),
  });
}
