import { createHash } from 'node:crypto';
import { ids, type PeerCatalogUpdated, type PeerMediaDescribed } from '@giggityflix/bus';
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

/** What an event says of a work, with the lists that a test does not care about. */
export function saying(details: Partial<NonNullable<PeerMediaDescribed['details']>>) {
  const none = { genres: [], tags: [], studios: [], people: [], ratings: [], external_ids: [] };
  return { details: { ...none, ...details } };
}

/** The id of a connection of a peer: the greater its number, the newer. */
export function connectionOf(peer: string, number = 1): string {
  const ofPeer = createHash('sha256').update(peer).digest('hex').slice(0, 12);
  return `0190a0a0-${number.toString(16).padStart(4, '0')}-7000-8000-${ofPeer}`;
}

/** A peer's announcement, as an edge publishes it, that it has some files more. */
export function announced(
  peer: string,
  files: readonly number[],
  changes: Partial<PeerCatalogUpdated> = {},
): PeerCatalogUpdated {
  return {
    peer_id: peer,
    edge_id: 'edge-1',
    connection_id: connectionOf(peer),
    catalog_ids: files.map(fileId),
    removed_catalog_ids: [],
    is_full_update: false,
    final: true,
    timestamp: new Date().toISOString(),
    ...changes,
  };
}

/** One pixel. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);
