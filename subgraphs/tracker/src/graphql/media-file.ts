import type { MediaFileResolvers } from '../generated/graphql.ts';
import { isCatalogId } from './arguments.ts';

/** A media file, to which this subgraph adds its availability. */
export interface MediaFileReference {
  catalogId: string;
}

export const MediaFile: MediaFileResolvers = {
  __resolveReference: ({ catalogId }) => ({ catalogId }),
  async availability({ catalogId }, _args, { counts }) {
    const peerCount = isCatalogId(catalogId) ? await counts.load(catalogId) : 0;
    return { peerCount, isAvailable: peerCount > 0 };
  },
};
