import {
  type ArtworkCaptured,
  type CatalogAvailabilityChanged,
  DEFAULT_RETRY,
  on,
  RejectMessage,
  type Route,
  type Topics,
} from '@giggityflix/bus';
import type { Logger, RetryPolicy } from '@giggityflix/kernel';
import { digestOf, isPicture } from '../artwork/picture.ts';
import type { CatalogStore } from '../store/store.ts';
import type { Arrivals } from './arrivals.ts';
import { toDescription } from './description.ts';
import type { CatalogMetrics } from './metrics.ts';

/**
 * What fails here is an unavailable database, never an event, as those are checked and cleaned: the event is tried again
 * until the database is back, for half a day at the longest delay. A peer describes a media file only once.
 */
export const INGEST_RETRY: RetryPolicy = { ...DEFAULT_RETRY, maxRetries: 10_000 };

/** What the catalog does with the events it consumes. */
export function ingestRoutes(deps: {
  topics: Topics;
  store: CatalogStore;
  arrivals: Arrivals;
  metrics: CatalogMetrics;
  logger: Logger;
}): Route[] {
  const { topics, store, arrivals, metrics, logger } = deps;
  return [
    on(topics.peerMediaDescribed, async ({ value }) => {
      const taken = await store.describe(toDescription(value));
      if (taken !== 'taken') {
        metrics.refused.inc({ reason: taken });
        logger.warn(
          { peer_id: value.peer_id, catalog_id: value.catalog_id, reason: taken },
          'refused a description',
        );
        return;
      }
      arrivals.arrived(value.catalog_id);
      metrics.ingested.inc({ event: 'description' });
    }),
    on(topics.artworkCaptured, async ({ value }) => {
      await store.putArtwork(toArtwork(value));
      metrics.ingested.inc({ event: 'artwork' });
    }),
    on(topics.catalogAvailabilityChanged, async ({ value }) => {
      await store.setAvailability(toAvailability(value));
      metrics.ingested.inc({ event: 'availability' });
    }),
  ];
}

function toArtwork(event: ArtworkCaptured) {
  const data = Buffer.from(event.data, 'base64');
  if (!isPicture(data, event.mime_type)) throw new RejectMessage(`the picture is not ${event.mime_type}`);
  return {
    catalogId: event.catalog_id,
    index: event.index,
    mimeType: event.mime_type,
    width: event.width,
    height: event.height,
    atSeconds: event.at_seconds,
    digest: digestOf(data),
    data,
  };
}

function toAvailability(event: CatalogAvailabilityChanged) {
  return {
    catalogId: event.catalog_id,
    isAvailable: event.is_available,
    peerCount: event.available_peer_count,
    changedAt: Date.parse(event.timestamp),
  };
}
