import { type CatalogId, catalogIdFromBytes } from '@giggityflix/proto/catalog-id';
import { readMedia } from './media.ts';
import type { Content, FileState, LibraryFile } from './types.ts';

/** A file as the index keeps it. */
export interface FileRow {
  dir: string;
  name: string;
  root: string;
  size_bytes: number;
  mtime_ms: number;
  dev: number;
  ino: number;
  sidecars: string;
  state: FileState;
  reason: string | null;
  catalog_id: Buffer | null;
}

/** What a file's bytes are, as the index keeps it. */
export interface ContentRow {
  catalog_id: Buffer;
  size_bytes: number;
  hashes: string;
  piece_layer: Buffer;
  media: string;
}

export function toFile(row: FileRow): LibraryFile {
  return {
    dir: row.dir,
    name: row.name,
    root: row.root,
    sizeBytes: row.size_bytes,
    mtimeMs: row.mtime_ms,
    dev: row.dev,
    ino: row.ino,
    sidecars: row.sidecars,
    state: row.state,
    reason: row.reason,
    catalogId: row.catalog_id && catalogIdOf(row.catalog_id),
  };
}

export function toContent(row: ContentRow): Content {
  return {
    catalogId: catalogIdOf(row.catalog_id),
    sizeBytes: row.size_bytes,
    hashes: JSON.parse(row.hashes),
    pieceLayer: row.piece_layer,
    media: readMedia(row.media),
  };
}

/** The catalog id of a row; the index holds 32 bytes for each. */
export function catalogIdOf(bytes: Buffer): CatalogId {
  return catalogIdFromBytes(bytes)!;
}
