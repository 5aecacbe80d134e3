import type { MediaFileResolvers } from '../generated/graphql.ts';
import { isCatalogId } from './arguments.ts';

/** A file of the catalog, of which this subgraph knows who has it. */
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
