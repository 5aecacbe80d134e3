/** What this subgraph knows of a file: its id, for the others to fill in. */
export interface MediaFileReference {
  __typename: 'MediaFile';
  catalogId: string;
}

export function mediaFile(catalogId: string): MediaFileReference {
  return { __typename: 'MediaFile', catalogId };
}
