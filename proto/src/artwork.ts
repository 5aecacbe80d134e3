import { ArtworkKind as Kind } from './generated/giggityflix/edge/v1/peer_edge.ts';
import { ARTWORK_KINDS, type ArtworkKind } from './media-file/artwork.ts';

const NUMBERS: Readonly<Record<ArtworkKind, Kind>> = {
  POSTER: Kind.ARTWORK_KIND_POSTER,
  BACKDROP: Kind.ARTWORK_KIND_BACKDROP,
  THUMB: Kind.ARTWORK_KIND_THUMB,
  STILL: Kind.ARTWORK_KIND_STILL,
  LOGO: Kind.ARTWORK_KIND_LOGO,
};

/** What a picture of a message shows; one that does not say is a frame. */
export function artworkKind(number: Kind): ArtworkKind {
  return ARTWORK_KINDS.find((kind) => NUMBERS[kind] === number) ?? 'STILL';
}

export const artworkKindToMessage = (kind: ArtworkKind): Kind => NUMBERS[kind];
