/** What pictures of a title are, those first that stand for it best. */
export const ARTWORK_KINDS = ['POSTER', 'BACKDROP', 'THUMB', 'STILL', 'LOGO'] as const;
export type ArtworkKind = (typeof ARTWORK_KINDS)[number];
