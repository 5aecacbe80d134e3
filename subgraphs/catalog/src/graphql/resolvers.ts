import { parseCatalogId } from '@giggityflix/proto/catalog-id';
import { ARTWORK_KINDS } from '@giggityflix/proto/media-file';
import { artworkUrl } from '../artwork/address.ts';
import type { Resolvers } from '../generated/graphql.ts';
import type { FileRecord, TitleRecord } from '../store/store.ts';
import { corrections } from './corrections.ts';
import { libraryMutations, libraryQueries } from './libraries.ts';
import { details } from './title-details.ts';
import { pageOfTitles } from './title-pages.ts';

/** Most pictures shown of a title; its files may hold more. */
const MAX_ARTWORK_PER_TITLE = 12;

/** Files of a title that are looked at for pictures. */
const MAX_FILES_WITH_ARTWORK = 24;

/** A UUID, as `title-identity.ts` derives it; what cannot be one is not looked up. */
const isTitleId = (id: string) => /^[0-9a-f-]{36}$/.test(id);

export const resolvers: Resolvers = {
  Query: {
    ...libraryQueries,
    titles: (_parent, args, { store }) => pageOfTitles(store, args),
    title: (_parent, { id }, { loaders }) => (isTitleId(id) ? loaders.title(id) : null),
    mediaFile(_parent, { catalogId }, { loaders }) {
      const id = parseCatalogId(catalogId);
      return id && loaders.file(id);
    },
  },
  Mutation: { ...corrections, ...libraryMutations },
  TitleConnection: {
    totalCount: ({ filter }, _args, { store }) => store.countTitles(filter),
    facets: (page) => page,
  },
  TitleFacets: {
    kinds: ({ filter }, _args, { store }) => store.facetOfTitles(filter, 'kinds'),
    decades: ({ filter }, _args, { store }) => store.facetOfTitles(filter, 'decades'),
    availability: ({ filter }, _args, { store }) => store.facetOfTitles(filter, 'availability'),
    languages: ({ filter }, _args, { store }) => store.facetOfTitles(filter, 'languages'),
  },
  Title: {
    __resolveReference: ({ id }, { loaders }) => (isTitleId(id) ? loaders.title(id) : null),
    ...details,
    files: ({ id }, _args, { loaders }) => loaders.filesOfTitle(id),
    async artwork({ id }, _args, { loaders, limits }) {
      const files = (await loaders.filesOfTitle(id)).slice(0, MAX_FILES_WITH_ARTWORK);
      const pictures = await Promise.all(files.map(({ catalogId }) => loaders.artworkOfFile(catalogId)));
      return pictures
        .flat()
        .sort((one, other) => ARTWORK_KINDS.indexOf(one.kind) - ARTWORK_KINDS.indexOf(other.kind))
        .slice(0, MAX_ARTWORK_PER_TITLE)
        .map((picture) => {
          const { kind, width, height } = picture;
          return { url: artworkUrl(picture, limits), kind, width, height };
        });
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
    title: async (file, _args, { loaders }) => (await loaders.title(file.titleId)) ?? standInFor(file),
  },
};

/**
 * Every file has a title. Where it cannot be read, or was replaced after the file was read, the file's own name stands
 * in for it: an error here would take all files beside this one.
 */
function standInFor({ titleId, name }: FileRecord): TitleRecord {
  return {
    id: titleId,
    name,
    parentId: null,
    minimumAge: null,
    sortKey: '',
    nameKey: '',
    year: null,
    kind: 'CLIP',
    season: null,
    episode: null,
    addedAt: new Date(0).toISOString(),
  };
}
