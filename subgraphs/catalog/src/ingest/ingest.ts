import {
  type CatalogAvailabilityChanged,
  DEFAULT_RETRY,
  on,
  type PeerLifecycleEvent,
  type Route,
  type Topics,
} from '@giggityflix/bus';
import type { Logger, RetryPolicy } from '@giggityflix/kernel';
import type { EncodedPicture } from '../artwork/encode.ts';
import type { Settled } from '../statements/settle.ts';
import type { Outcome, Statements } from '../statements/statements.ts';
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
  statements: Statements;
  arrivals: Arrivals;
  encode: (data: Uint8Array) => Promise<EncodedPicture | null>;
  metrics: CatalogMetrics;
  logger: Logger;
}): Route[] {
  const { topics, store, statements, arrivals, metrics, logger } = deps;

  const refused = (said: { peer_id?: string; catalog_id: string }, reason: string) => {
    metrics.refused.inc({ reason });
    const { peer_id, catalog_id } = said;
    logger.info({ peer_id, catalog_id, reason }, 'refused what a peer said of a file');
  };
  const settled = ({ settled, titleFull }: Settled) => {
    for (const catalogId of settled) arrivals.arrived(catalogId);
    for (const catalog_id of titleFull) refused({ catalog_id }, 'title_full');
  };
  const taken = (said: { peer_id: string; catalog_id: string }, outcome: Outcome) => {
    if (outcome.kind === 'refused') refused(said, outcome.reason);
    else settled(outcome);
  };
  const lifecycle = async (value: PeerLifecycleEvent) => {
    const said = {
      peerId: value.peer_id,
      connectionId: value.connection_id,
      at: Date.parse(value.timestamp),
    };
    metrics.ingested.inc({ event: 'connection' });
    if (value.event_type === 'disconnected') {
      // The peer is still there, on a newer connection.
      if (value.reason !== 'replaced') settled(await statements.closed(said));
      return;
    }
    settled(await statements.connected({ ...said, network: value.network ?? null }));
    if (value.catalog_ids.length > 0)
      settled(
        await statements.announced({
          ...said,
          catalogIds: value.catalog_ids,
          removedCatalogIds: [],
          isFull: true,
          updateId: '',
          isFinal: true,
        }),
      );
  };

  return [
    on(topics.peerMediaDescribed, async ({ value }) => {
      taken(value, await statements.described(toDescription(value)));
      metrics.ingested.inc({ event: 'description' });
    }),
    on(topics.artworkCaptured, async ({ value }) => {
      const { peer_id: peerId, catalog_id: catalogId, index, at_seconds: atSeconds } = value;
      const kind = value.kind ?? 'STILL';
      const at = Date.parse(value.timestamp);
      if (value.data === '') {
        settled(await statements.pictureRemoved({ peerId, catalogId, index, at }));
        metrics.ingested.inc({ event: 'artwork' });
        return;
      }
      const picture = await deps.encode(Buffer.from(value.data, 'base64'));
      if (picture)
        taken(
          value,
          await statements.pictured({ ...picture, peerId, catalogId, index, kind, atSeconds, at }),
        );
      else refused(value, 'no_picture');
      metrics.ingested.inc({ event: 'artwork' });
    }),
    ...topics.peerLifecycle.map((topic) => on(topic, ({ value }) => lifecycle(value))),
    on(topics.peerCatalogUpdated, async ({ value }) => {
      settled(
        await statements.announced({
          peerId: value.peer_id,
          connectionId: value.connection_id,
          catalogIds: value.catalog_ids,
          removedCatalogIds: value.removed_catalog_ids,
          isFull: value.is_full_update,
          updateId: value.update_id ?? '',
          isFinal: value.final,
          at: Date.parse(value.timestamp),
        }),
      );
      if (value.superseded_catalog_ids?.length)
        settled(
          await statements.superseded({ peerId: value.peer_id, catalogIds: value.superseded_catalog_ids }),
        );
      metrics.ingested.inc({ event: 'announcement' });
    }),
    on(topics.peerHoldingChecked, async ({ value }) => {
      settled(
        await statements.checked({
          peerId: value.peer_id,
          connectionId: value.connection_id,
          catalogId: value.catalog_id,
          outcome: value.outcome,
          at: Date.parse(value.timestamp),
        }),
      );
      metrics.ingested.inc({ event: 'check' });
    }),
    on(topics.catalogAvailabilityChanged, async ({ value }) => {
      await store.setAvailability(toAvailability(value));
      metrics.ingested.inc({ event: 'availability' });
    }),
  ];
}

function toAvailability(event: CatalogAvailabilityChanged) {
  return {
    catalogId: event.catalog_id,
    isAvailable: event.is_available,
    peerCount: event.available_peer_count,
    changedAt: Date.parse(event.timestamp),
  };
}
