import type { AccessLimits } from '@giggityflix/http';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import type { ArtworkKind, Marker, MediaDescription, MediaDetails } from '@giggityflix/proto/media-file';
import type { SearchQuery } from '../search/query.ts';
import type { SearchPosition } from '../search/title-search.ts';
import type { TitleFacts, TitleKind } from '../titles/identity.ts';

/** An extra, and a title that it belongs to. */
export interface ExtraOfTitle {
  titleId: string;
  extra: TitleRecord;
}

/** A title as the catalog keeps it. */
export interface TitleRecord extends TitleFacts {
  id: string;
  /** The title that an extra belongs to, while it is there. */
  parentId: string | null;
  /** The age from which it may be watched; null where that is not known. */
  minimumAge: number | null;
  sortKey: string;
  nameKey: string;
  /** RFC 3339, UTC. */
  addedAt: string;
}

/** A file as the catalog keeps it. */
export interface FileRecord
  extends Omit<MediaDescription, 'title' | 'year' | 'kind' | 'season' | 'episode' | 'details' | 'markers'> {
  markers: Marker[];
  titleId: string;
  /** The last of several episodes in the file. */
  lastEpisode: number | null;
  isProven: boolean;
  /** The age from which it may be watched, as an operator says. */
  correctedAge: number | null;
  /** The peer whose word its title is. */
  describedBy: string;
}

/** A file as one of a title's: its own, or one whose several episodes include it. */
export interface FileOfTitle {
  titleId: string;
  file: FileRecord;
}

/** What is said of the work in a file, and by whom. */
export interface DetailsRecord {
  catalogId: CatalogId;
  peerId: string;
  network: string | null;
  firstSeenAt: number;
  lastAt: number;
  details: MediaDetails;
  isProven: boolean;
  /** When the file was first described, in milliseconds since 1970. */
  firstAt: number;
}

export interface ArtworkInfo {
  catalogId: CatalogId;
  index: number;
  mimeType: string;
  width: number;
  height: number;
  kind: ArtworkKind;
  /** Hexadecimal SHA-256 of the picture. */
  digest: string;
}

export interface ArtworkRecord extends ArtworkInfo {
  data: Uint8Array;
}

export interface TitleFilter {
  search: Search | null;
  kind: TitleKind | null;
  /** With a file that a peer has now (true), or with none (false). */
  available: boolean | null;
  /** Extras of titles that are there (true), or all others (false). */
  extra: boolean | null;
  /** The first year of ten, or 0 for titles of no known year. */
  decade: number | null;
  /** With a file in it. */
  language: string | null;
}

/** Finds all titles. */
export const NO_FILTER: TitleFilter = {
  search: null,
  kind: null,
  available: null,
  extra: null,
  decade: null,
  language: null,
};

/** How many titles there are of each kind, and so on. */
export interface TitleFacets {
  kinds: { kind: TitleKind; count: number }[];
  /** The newest first; null for those of no known year. */
  decades: { decade: number | null; count: number }[];
  availability: { available: number; unavailable: number };
  /** Of their files, the most frequent first; a title may be of several. */
  languages: { language: string; count: number }[];
}

/** What titles are looked for by. */
export interface Search {
  query: SearchQuery;
  /** Its words, of which the name must have one that begins with each: for titles that the index does not have yet. */
  words: readonly string[];
}

/** What titles are in the order of: names from A to Z, or the newest first by when they were added, or by year. */
export const TITLE_SORTS = ['NAME', 'ADDED', 'RELEASED'] as const;
export type TitleSort = (typeof TITLE_SORTS)[number];

/** A place in one of these orders. */
export type SortedPosition =
  | { sort: 'NAME'; nameKey: string; id: string }
  | { sort: 'ADDED' /** Milliseconds since 1970. */; addedAt: number; id: string }
  | { sort: 'RELEASED' /** 0 where it is not known. */; year: number; nameKey: string; id: string };

/** A place in the order of names with their articles, in which a list goes on that began so. */
export interface FormerPosition {
  sortKey: string;
  id: string;
}

/** A place in a list of titles. */
export type TitlePosition = SortedPosition | FormerPosition | SearchPosition;

export interface TitleList {
  filter: TitleFilter;
  /** Null for the order of names, or of a search for the best first. */
  sort: TitleSort | null;
  after: TitlePosition | null;
}

export interface PlacedTitle {
  title: TitleRecord;
  position: TitlePosition;
}

/** What someone sees of the catalog. What they do not see is for them as if it were not there. */
export interface CatalogReads {
  /** The files among these that are known, in no order. */
  files(catalogIds: readonly CatalogId[]): Promise<FileRecord[]>;
  titles(ids: readonly string[]): Promise<TitleRecord[]>;
  /** The files of several titles, each title's in a stable order and at most {@link MAX_FILES_PER_TITLE}. */
  filesOfTitles(titleIds: readonly string[]): Promise<FileOfTitle[]>;
  /** What is said of the works in these files, which are known to be seen. */
  detailsOfFiles(catalogIds: readonly CatalogId[]): Promise<DetailsRecord[]>;
  /** The extras of several titles, of an episode those of its show too, each title's by name and at most {@link MAX_EXTRAS_PER_TITLE}. */
  extrasOfTitles(titleIds: readonly string[]): Promise<ExtraOfTitle[]>;
  /** The pictures of several files, which are known to be seen, by file and index. */
  artworkOfFiles(catalogIds: readonly CatalogId[]): Promise<ArtworkInfo[]>;
  artwork(catalogId: CatalogId, index: number): Promise<ArtworkRecord | null>;
  /** Titles of a list behind `after`, which is a place in the order asked for. */
  pageOfTitles(list: TitleList, limit: number): Promise<PlacedTitle[]>;
  countTitles(filter: TitleFilter): Promise<number>;
  /** Of what a filter finds, and what it would find if it said nothing of that facet itself. */
  facetOfTitles<Facet extends keyof TitleFacets>(
    filter: TitleFilter,
    facet: Facet,
  ): Promise<TitleFacets[Facet]>;
}

/**
 * What the catalog knows, lasting. Every write is idempotent, since events are delivered at least once,
 * and safe beside the writes of other instances.
 */
export interface CatalogStore {
  /** What someone with these limits sees. */
  seenBy(limits: AccessLimits): CatalogReads;
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
  /** Rejects with the reason when the store cannot be reached now. */
  check(): Promise<void>;
}
