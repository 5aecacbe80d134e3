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
  /** The peer whose description this is. */
  describedBy: string;
}

/** What a peer says of a file, cleaned. */
export interface FileDescription {
  title: TitleFacts;
  file: Omit<FileRecord, 'titleId'>;
  /** Milliseconds since 1970. */
  describedAt: number;
}

/** What became of a description: taken, or refused because its title holds all the files it may. */
export type Taken = 'taken' | 'title_full';

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
  atSeconds: number;
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
   * Takes in a description. A file's first description stands: its own peer may change it later, another
   * peer's only adds what it lacks. The title is created when it is new, and removed with its last file.
   */
  describe(description: FileDescription): Promise<Taken>;
  /** Notes a file's availability, unless something newer is known; also of files not described yet. */
  setAvailability(change: {
    catalogId: CatalogId;
    isAvailable: boolean;
    peerCount: number;
    /** Milliseconds since 1970. */
    changedAt: number;
  }): Promise<void>;
  /** Keeps a picture in place of the one with the same file and index. */
  putArtwork(artwork: ArtworkRecord): Promise<void>;

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
