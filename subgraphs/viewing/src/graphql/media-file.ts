/** A media file by its id; the other subgraphs resolve its fields. */
export interface MediaFileReference {
  __typename: 'MediaFile';
  catalogId: string;
}

export function mediaFile(catalogId: string): MediaFileReference {
  return { __typename: 'MediaFile', catalogId };
}
