import type { CatalogId } from '@giggityflix/proto/catalog-id';
import type { ArtworkKind } from '@giggityflix/proto/media-file';
import type { EncodedPicture } from '../artwork/encode.ts';
import type { TitleFacts } from '../titles/identity.ts';
import type { Facts } from './facts.ts';
import type { Settled } from './settle.ts';

/** What a peer says of a file. */
export interface Description {
  catalogId: CatalogId;
  peerId: string;
  /** Where the peer has it, as `parseFolder` has it; missing where it does not say. */
  folder?: string;
  facts: Facts;
  /** Milliseconds since 1970, as are all times of this port. */
  at: number;
}

/** The beginning of a connection. */
export interface Connection {
  peerId: string;
  connectionId: string;
  /** The network it comes from; null where nobody named one. */
  network: string | null;
  at: number;
}

/** What a peer says that it holds, on one of its connections. */
export interface Announcement {
  peerId: string;
  connectionId: string;
  catalogIds: readonly CatalogId[];
  removedCatalogIds: readonly CatalogId[];
  /** What is not announced is not held; from the event with `isFinal` on, where `updateId` has several. */
  isFull: boolean;
  updateId: string;
  isFinal: boolean;
  at: number;
}

/** The end of a connection that no newer one replaced. */
export interface Closing {
  peerId: string;
  connectionId: string;
  at: number;
}

/** What came of asking a peer for a proof that it has a file. */
export interface Check {
  peerId: string;
  connectionId: string;
  catalogId: CatalogId;
  outcome: 'proven' | 'failed' | 'unanswered';
  at: number;
}

/** A picture of a file from a peer, encoded. */
export interface PeerPicture extends EncodedPicture {
  catalogId: CatalogId;
  peerId: string;
  index: number;
  kind: ArtworkKind;
  atSeconds: number;
  at: number;
}

/** That a peer has a picture of a file no more. */
export type RemovedPicture = Pick<PeerPicture, 'catalogId' | 'peerId' | 'index' | 'at'>;

export interface StatementLimits {
  /** Files one peer may describe. */
  descriptionsPerPeer: number;
  /** Pictures one peer may have in the catalog. */
  picturesPerPeer: number;
}

/** A title as an operator has it. */
export interface CorrectedTitle extends TitleFacts {
  /** Who may watch it, as a board says; null for what peers say of that. */
  certification: string | null;
}

/** Why something a peer said was not kept. */
export type Refusal = 'too_long' | 'peer_limit' | 'file_limit';

export type Outcome = ({ kind: 'taken' } & Settled) | { kind: 'refused'; reason: Refusal };

/**
 * Everything that peers say of files, and which of it counts: what the holders of a file say of it, see `heard`. Whatever
 * changes that rewrites the file's row in the catalog, and nothing else does. Writes are idempotent, and what they come to
 * does not depend on the order of events about different peers or of different kinds.
 */
export interface Statements {
  described(description: Description): Promise<Outcome>;
  pictured(picture: PeerPicture): Promise<Outcome>;
  pictureRemoved(picture: RemovedPicture): Promise<Settled>;
  connected(connection: Connection): Promise<Settled>;
  announced(announcement: Announcement): Promise<Settled>;
  /** A peer has other content in place of these files: what it said of them is forgotten, and with it what nobody else says. */
  superseded(superseded: { peerId: string; catalogIds: readonly CatalogId[] }): Promise<Settled>;
  closed(closing: Closing): Promise<Settled>;
  checked(check: Check): Promise<Settled>;
  /** No peer has these files any more: others that wait for room in their titles are tried again. */
  gone(catalogIds: readonly string[]): Promise<void>;
  /** Sets or, with null, clears an operator's correction of a file's title. */
  correct(correction: {
    catalogId: CatalogId;
    title: CorrectedTitle | null;
    by: string;
    at: number;
  }): Promise<'corrected' | 'unknown_file' | 'title_full'>;
}
