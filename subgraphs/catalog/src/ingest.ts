import {
  type ArtworkCaptured,
  type CatalogAvailabilityChanged,
  DEFAULT_RETRY,
  on,
  type PeerMediaDescribed,
  RejectMessage,
  type Route,
  type Topics,
} from '@giggityflix/bus';
import type { RetryPolicy } from '@giggityflix/kernel';
import type { Arrivals } from './arrivals.ts';
import { digestOf, isPicture } from './artwork.ts';
import type { CatalogMetrics } from './metrics.ts';
import type { CatalogStore, FileDescription } from './store.ts';
import { cleanOrNull } from './text.ts';

/** Longest texts kept, in characters. */
const MAX_TITLE_LENGTH = 300;
const MAX_FILE_NAME_LENGTH = 500;
const MAX_WORD_LENGTH = 100;
const MAX_LABEL_LENGTH = 200;

/**
 * What fails here is the database being away, which no event is to blame for, cleaned as they are: it is tried again
 * until the database is back, half a day at the longest delay. A peer describes a film only once.
 */
export const INGEST_RETRY: RetryPolicy = { ...DEFAULT_RETRY, maxRetries: 10_000 };

/** What the catalog does with the events it consumes. */
export function ingestRoutes(deps: {
  topics: Topics;
  store: CatalogStore;
  arrivals: Arrivals;
  metrics: CatalogMetrics;
}): Route[] {
  const { topics, store, arrivals, metrics } = deps;
  return [
    on(topics.peerMediaDescribed, async ({ value }) => {
      await store.describe(toDescription(value));
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

/** Names come from strangers' file systems: cleaned, clipped, and never empty. */
export function toDescription(event: PeerMediaDescribed): FileDescription {
  const word = (text: string | null | undefined) => cleanOrNull(text, MAX_WORD_LENGTH);
  const fileName = cleanOrNull(event.name, MAX_FILE_NAME_LENGTH) ?? event.catalog_id;
  const isEpisode = event.kind === 'EPISODE';
  return {
    title: {
      name: cleanOrNull(event.title, MAX_TITLE_LENGTH) ?? fileName.slice(0, MAX_TITLE_LENGTH),
      year: event.year ?? null,
      kind: event.kind,
      season: isEpisode ? (event.season ?? null) : null,
      episode: isEpisode ? (event.episode ?? null) : null,
    },
    file: {
      catalogId: event.catalog_id,
      name: fileName,
      sizeBytes: event.size_bytes,
      hashes: event.hashes,
      container: word(event.container),
      mimeType: word(event.mime_type),
      videoCodec: word(event.video_codec),
      audioCodec: word(event.audio_codec),
      durationSeconds: positiveOrNull(event.duration_seconds),
      width: positiveOrNull(event.width),
      height: positiveOrNull(event.height),
      language: word(event.language),
      chapters: event.chapters.map(({ start_seconds, end_seconds, title }) => ({
        startSeconds: start_seconds,
        endSeconds: positiveOrNull(end_seconds),
        title: cleanOrNull(title, MAX_LABEL_LENGTH),
      })),
      tracks: event.tracks.map(({ kind, codec, language, name, width, height, channels }) => ({
        kind,
        codec: word(codec),
        language: word(language),
        name: cleanOrNull(name, MAX_LABEL_LENGTH),
        width: positiveOrNull(width),
        height: positiveOrNull(height),
        channels: positiveOrNull(channels),
      })),
      describedBy: event.peer_id,
    },
    describedAt: Date.parse(event.timestamp),
  };
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

/** Zero is how a description without a value may arrive. */
function positiveOrNull(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && value > 0 ? value : null;
}
