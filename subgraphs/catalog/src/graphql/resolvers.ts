import { parseCatalogId } from '@giggityflix/proto/catalog-id';
import { artworkUrl } from '../artwork/routes.ts';
import type { Resolvers } from '../generated/graphql.ts';
import { pageOfTitles } from './title-pages.ts';

/** Most pictures shown of a title; its files may hold more. */
const MAX_ARTWORK_PER_TITLE = 12;

/** A UUID, as `title-identity.ts` derives it; what cannot be one is not looked up. */
const isTitleId = (id: string) => /^[0-9a-f-]{36}$/.test(id);

export const resolvers: Resolvers = {
  Query: {
    titles: (_parent, args, { store }) => pageOfTitles(store, args),
    title: (_parent, { id }, { loaders }) => (isTitleId(id) ? loaders.title(id) : null),
    mediaFile(_parent, { catalogId }, { loaders }) {
      const id = parseCatalogId(catalogId);
      return id && loaders.file(id);
    },
  },
  TitleConnection: {
    totalCount: ({ filter }, _args, { store }) => store.countTitles(filter),
  },
  Title: {
    __resolveReference: ({ id }, { loaders }) => (isTitleId(id) ? loaders.title(id) : null),
    files: ({ id }, _args, { loaders }) => loaders.filesOfTitle(id),
    async artwork({ id }, _args, { loaders }) {
      const files = await loaders.filesOfTitle(id);
      const pictures = await Promise.all(files.map(({ catalogId }) => loaders.artworkOfFile(catalogId)));
      return pictures
        .flat()
        .slice(0, MAX_ARTWORK_PER_TITLE)
        .map((picture) => ({ url: artworkUrl(picture), width: picture.width, height: picture.height }));
    },
  },
  MediaFile: {
    __resolveReference({ catalogId }, { loaders }) {
      const id = parseCatalogId(catalogId);
      return id && loaders.expectedFile(id);
    },
    hashes: ({ hashes }) =>
      Object.entries(hashes)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([algorithm, value]) => ({ algorithm, value })),
    async title({ titleId }, _args, { loaders }) {
      const title = await loaders.title(titleId);
      if (!title) throw new Error(`title ${titleId} went away while it was read`);
      return title;
    },
  },
};
