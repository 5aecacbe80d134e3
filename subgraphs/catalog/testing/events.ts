import { ids, type PeerMediaDescribed } from '@giggityflix/bus';
import type { CatalogId } from '@giggityflix/proto/catalog-id';

/** A catalog id for tests. */
export function fileId(n: number): CatalogId {
  return ids.catalogId.parse(n.toString(16).padStart(64, '0'));
}

/** A description as an edge publishes it, with what a test does not care about filled in. */
export function described({
  file,
  ...facts
}: Partial<PeerMediaDescribed> & { file: number }): PeerMediaDescribed {
  return {
    peer_id: 'peer',
    catalog_id: fileId(file),
    name: `file-${file}.mp4`,
    size_bytes: 1_000 + file,
    hashes: {},
    title: `Title ${file}`,
    kind: 'MOVIE',
    chapters: [],
    tracks: [],
    timestamp: new Date().toISOString(),
    ...facts,
  };
}

/** One pixel. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);
