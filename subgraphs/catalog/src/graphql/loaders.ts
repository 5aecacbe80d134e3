import { createLoader, type Load } from '@giggityflix/graphql';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import { type MediaDetails, NO_DETAILS } from '@giggityflix/proto/media-file';
import type { Arrivals } from '../ingest/arrivals.ts';
import { titleDetails } from '../statements/merge-details.ts';
import { MAX_EXTRAS_PER_TITLE, MAX_FILES_PER_TITLE } from '../store/limits.ts';
import type { ArtworkInfo, CatalogReads, FileRecord, TitleRecord } from '../store/store.ts';
import { ownFiles, withCertification } from './merged-details.ts';

/** What the resolvers of one request read; each in one query, whatever the number of objects. */
export interface Loaders {
  title: Load<string, TitleRecord | null>;
  file: Load<CatalogId, FileRecord | null>;
  /** Like `file`, and waits a little for a file whose description is on its way. */
  expectedFile: Load<CatalogId, FileRecord | null>;
  filesOfTitle: Load<string, FileRecord[]>;
  /** What is said of the work in a title's own files. */
  detailsOfTitle: Load<string, MediaDetails>;
  extrasOfTitle: Load<string, TitleRecord[]>;
  artworkOfFile: Load<CatalogId, ArtworkInfo[]>;
}

export function createLoaders(store: CatalogReads, arrivals: Arrivals): Loaders {
  const files = async (ids: readonly CatalogId[]) => byKey(await store.files(ids), (file) => file.catalogId);
  const filesOfTitle = createLoader<string, FileRecord[]>({
    async read(ids) {
      const byTitle = Map.groupBy(await store.filesOfTitles(ids), ({ titleId }) => titleId);
      return new Map(
        [...byTitle].map(([id, some]) => [id, some.slice(0, MAX_FILES_PER_TITLE).map(({ file }) => file)]),
      );
    },
    missing: [],
  });
  return {
    title: createLoader<string, TitleRecord | null>({
      read: async (ids) => byKey(await store.titles(ids), (title) => title.id),
      missing: null,
    }),
    file: createLoader<CatalogId, FileRecord | null>({ read: files, missing: null }),
    expectedFile: createLoader<CatalogId, FileRecord | null>({
      async read(ids) {
        const found = await files(ids);
        const missing = ids.filter((id) => !found.has(id));
        if (missing.length === 0) return found;
        return new Map([...found, ...(await arrivals.wait(missing, files))]);
      },
      missing: null,
    }),
    filesOfTitle,
    detailsOfTitle: createLoader<string, MediaDetails>({
      async read(ids) {
        const files = await Promise.all(ids.map((id) => filesOfTitle(id)));
        const own = new Map(ids.map((id, n) => [id, ownFiles(id, files[n] ?? [])]));
        const all = [...own.values()].flat().map(({ catalogId }) => catalogId);
        const details = byKey(await store.detailsOfFiles(all), ({ catalogId }) => catalogId);
        const ofTitle = (some: readonly FileRecord[]) =>
          withCertification(
            titleDetails(some.flatMap(({ catalogId }) => details.get(catalogId) ?? [])),
            some
              .filter(({ correctedAge }) => correctedAge !== null)
              .flatMap(({ catalogId }) => details.get(catalogId) ?? []),
          );
        return new Map([...own].map(([id, some]) => [id, ofTitle(some)]));
      },
      missing: NO_DETAILS,
    }),
    extrasOfTitle: createLoader<string, TitleRecord[]>({
      async read(ids) {
        const byTitle = Map.groupBy(await store.extrasOfTitles(ids), ({ titleId }) => titleId);
        return new Map(
          [...byTitle].map(([id, some]) => [
            id,
            some.slice(0, MAX_EXTRAS_PER_TITLE).map(({ extra }) => extra),
          ]),
        );
      },
      missing: [],
    }),
    artworkOfFile: createLoader<CatalogId, ArtworkInfo[]>({
      read: async (ids) => Map.groupBy(await store.artworkOfFiles(ids), (picture) => picture.catalogId),
      missing: [],
    }),
  };
}

function byKey<Key, T>(values: readonly T[], key: (value: T) => Key): Map<Key, T> {
  return new Map(values.map((value) => [key(value), value]));
}
