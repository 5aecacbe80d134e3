import type { CatalogId } from '@giggityflix/proto/catalog-id';
import type { MediaDescription } from '@giggityflix/proto/media-file';
import type { TitleFacts, TitleKind } from '../titles/identity.ts';

/** A title as the catalog keeps it. */
export interface TitleRecord extends TitleFacts {
  id: string;
  sortKey: string;
  /** RFC 3339, UTC. */
  addedAt: string;
}

/** A file as the catalog keeps it. */
export interface FileRecord extends Omit<MediaDescription, 'title' | 'year' | 'kind' | 'season' | 'episode'> {
  titleId: string;
  /** The peer whose word its title is. */
  describedBy: string;
}

export interface ArtworkInfo {
  catalogId: CatalogId;
  index: number;
  mimeType: string;
  width: number;
  height: number;
  /** Hexadecimal SHA-256 of the picture. */
  digest: string;
}

export interface ArtworkRecord extends ArtworkInfo {
  data: Uint8Array;
}

export interface TitleFilter {
  /** Words, folded; the name must hold a word beginning with each. */
  words: readonly string[];
  kind: TitleKind | null;
  /** With a file that a peer has now (true), or with none (false). */
  available: boolean | null;
}

/** A place in the order of titles. */
export interface TitlePosition {
  sortKey: string;
  id: string;
}

/**
 * What the catalog knows, lasting. Every write is idempotent, since events are delivered at least once,
 * and safe beside the writes of other instances.
 */
export interface CatalogStore {
  /**
   * Notes a file's availability, unless something newer is known; also of files not described yet, of which it is forgotten
   * when they are not available any more.
   */
  setAvailability(change: {
    catalogId: CatalogId;
    isAvailable: boolean;
    peerCount: number;
    /** Milliseconds since 1970. */
    changedAt: number;
  }): Promise<void>;

  /** The files among these that are known, in no order. */
  files(catalogIds: readonly CatalogId[]): Promise<FileRecord[]>;
  titles(ids: readonly string[]): Promise<TitleRecord[]>;
  /** The files of several titles, each title's in a stable order and at most {@link MAX_FILES_PER_TITLE}. */
  filesOfTitles(titleIds: readonly string[]): Promise<FileRecord[]>;
  /** The pictures of several files, by file and index. */
  artworkOfFiles(catalogIds: readonly CatalogId[]): Promise<ArtworkInfo[]>;
  artwork(catalogId: CatalogId, index: number): Promise<ArtworkRecord | null>;
  /** Titles behind `after` in the order of their names. */
  pageOfTitles(filter: TitleFilter, after: TitlePosition | null, limit: number): Promise<TitleRecord[]>;
  countTitles(filter: TitleFilter): Promise<number>;
  /** Rejects with the reason when the store cannot be reached now. */
  check(): Promise<void>;
}
