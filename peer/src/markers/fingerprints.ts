import { catalogIdToBuffer } from '@giggityflix/proto';
import { type CatalogId, catalogIdFromBytes } from '@giggityflix/proto/catalog-id';
import { type Marker, marker } from '@giggityflix/proto/media-file';
import type { SqliteDatabase } from '@giggityflix/state';
import { z } from 'zod';
import type { Fingerprint } from './fingerprint.ts';

/** An episode that is shared, as far as it is described. */
export interface KnownEpisode {
  catalogId: CatalogId;
  /** Of which season: show and number. */
  season: string;
  episode: number;
  durationSeconds: number;
}

/** Shorter ones are trailers and openings by themselves. */
const MIN_SECONDS = 120;
/** Seasons have fewer; what goes on for longer is no season. */
const MAX_EPISODES = 200;

const markers = z.array(marker);

/** What is kept of the sound of episodes, by content id. */
export type Fingerprints = ReturnType<typeof createFingerprints>;

export function createFingerprints(database: SqliteDatabase) {
  const sql = {
    episodes: database.prepare(
      `SELECT catalog_id, lower(json_extract(media, '$.title')) AS title, json_extract(media, '$.season') AS season,
         json_extract(media, '$.episode') AS episode, json_extract(media, '$.durationSeconds') AS duration
       FROM content
       WHERE json_extract(media, '$.kind') = 'EPISODE' AND json_extract(media, '$.episode') IS NOT NULL
         AND json_extract(media, '$.durationSeconds') >= ${MIN_SECONDS}
         AND json_extract(media, '$.audioCodec') IS NOT NULL
         AND EXISTS (SELECT 1 FROM files WHERE files.catalog_id = content.catalog_id AND state = 'shared')
       ORDER BY title, season, episode, catalog_id`,
    ),
    has: database.prepare('SELECT 1 FROM fingerprints WHERE catalog_id = ?').pluck(),
    get: database.prepare('SELECT head, tail, tail_start, compared FROM fingerprints WHERE catalog_id = ?'),
    put: database.prepare(
      'INSERT OR REPLACE INTO fingerprints (catalog_id, head, tail, tail_start) VALUES (?, ?, ?, ?)',
    ),
    compare: database.prepare('UPDATE fingerprints SET compared = ?, markers = ? WHERE catalog_id = ?'),
    markers: database.prepare('SELECT markers FROM fingerprints WHERE catalog_id = ?').pluck(),
    collectGarbage: database.prepare(
      'DELETE FROM fingerprints WHERE NOT EXISTS (SELECT 1 FROM content WHERE content.catalog_id = fingerprints.catalog_id)',
    ),
  };
  return {
    /** The seasons of which more than one episode is shared. */
    seasons(): KnownEpisode[][] {
      const seasons = new Map<string, KnownEpisode[]>();
      for (const row of sql.episodes.iterate() as Iterable<EpisodeRow>) {
        const season = JSON.stringify([row.title, row.season]);
        const known = seasons.get(season) ?? [];
        seasons.set(season, known);
        if (known.length < MAX_EPISODES)
          known.push({
            catalogId: catalogIdFromBytes(row.catalog_id)!,
            season,
            episode: row.episode,
            durationSeconds: row.duration,
          });
      }
      return [...seasons.values()].filter((known) => new Set(known.map(({ episode }) => episode)).size > 1);
    },
    has: (id: CatalogId): boolean => sql.has.get(catalogIdToBuffer(id)) !== undefined,
    /** What was heard of an episode, and in which season it was compared; null where nothing was. */
    get(id: CatalogId): { fingerprint: Fingerprint | null; compared: string } | null {
      const row = sql.get.get(catalogIdToBuffer(id)) as FingerprintRow | undefined;
      if (!row) return null;
      const { head, tail, tail_start: tailStartSeconds, compared } = row;
      if (!head || !tail) return { fingerprint: null, compared };
      return { fingerprint: { head: valuesOf(head), tail: valuesOf(tail), tailStartSeconds }, compared };
    },
    /** Keeps what was heard; null for an episode that could not be listened to, so that it is not tried again. */
    put(id: CatalogId, fingerprint: Fingerprint | null): void {
      const { head, tail, tailStartSeconds } = fingerprint ?? { head: null, tail: null, tailStartSeconds: 0 };
      sql.put.run(catalogIdToBuffer(id), head && bytesOf(head), tail && bytesOf(tail), tailStartSeconds);
    },
    compared(id: CatalogId, compared: string, found: readonly Marker[]): void {
      sql.compare.run(compared, JSON.stringify(found), catalogIdToBuffer(id));
    },
    markers(id: CatalogId): Marker[] {
      const text = sql.markers.get(catalogIdToBuffer(id)) as string | undefined;
      return text === undefined ? [] : markers.parse(JSON.parse(text));
    },
    collectGarbage: (): void => void sql.collectGarbage.run(),
  };
}

interface EpisodeRow {
  catalog_id: Buffer;
  title: string;
  season: number | null;
  episode: number;
  duration: number;
}

interface FingerprintRow {
  head: Buffer | null;
  tail: Buffer | null;
  tail_start: number;
  compared: string;
}

function bytesOf(values: Uint32Array): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * 4);
  return bytes;
}

function valuesOf(bytes: Buffer): Uint32Array {
  const values = new Uint32Array(Math.floor(bytes.byteLength / 4));
  for (const index of values.keys()) values[index] = bytes.readUInt32LE(index * 4);
  return values;
}
