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
    catalogId: row.catalog_id?.toString('hex') ?? null,
  };
}

export function toContent(row: ContentRow): Content {
  return {
    catalogId: row.catalog_id.toString('hex'),
    sizeBytes: row.size_bytes,
    hashes: JSON.parse(row.hashes),
    pieceLayer: row.piece_layer,
    media: JSON.parse(row.media),
  };
}
