import type { CatalogId } from '@giggityflix/proto/catalog-id';
import type { MediaInfo } from '../metadata/media-info.ts';

/** What the filesystem says of a file; equal size and time mean equal bytes, as rsync has it. */
export interface FileFacts {
  dir: string;
  name: string;
  /** The media folder it was found under. */
  root: string;
  sizeBytes: number;
  mtimeMs: number;
  dev: number;
  ino: number;
  /** The `.nfo` and the subtitles beside it, as `indexSidecars` writes them; empty when there are none. */
  sidecars: string;
}

export interface FileKey {
  dir: string;
  name: string;
}

/**
 * - `settling`: seen, and possibly still being written.
 * - `pending`: to be read and hashed.
 * - `shared`: announced.
 * - `rejected`: no use to anyone; `reason` says why.
 * - `unreadable`: could not be read; tried again with the next complete scan.
 * - `unavailable`: was there, and its disk or folder is not there now.
 */
export const FILE_STATES = [
  'settling',
  'pending',
  'shared',
  'rejected',
  'unreadable',
  'unavailable',
] as const;
export type FileState = (typeof FILE_STATES)[number];

export interface LibraryFile extends FileFacts {
  state: FileState;
  reason: string | null;
  /** Known once the file has been hashed. */
  catalogId: CatalogId | null;
}

export interface Content {
  catalogId: CatalogId;
  sizeBytes: number;
  /** Lowercase hexadecimal by algorithm. */
  hashes: Record<string, string>;
  /** 32 bytes per 256 KiB piece. */
  pieceLayer: Buffer;
  media: MediaInfo;
}

/** Catalog ids that began or ceased to be shared in one step. */
export interface SharedChange {
  added: CatalogId[];
  removed: CatalogId[];
  /** What has other content in its place now, and is nowhere else. */
  superseded?: CatalogId[];
}

/** A shared film, as its owner is shown it. */
export interface SharedTitle {
  catalogId: CatalogId;
  title: string;
  year: number | null;
  season: number | null;
  episode: number | null;
  sizeBytes: number;
  durationSeconds: number | null;
}
