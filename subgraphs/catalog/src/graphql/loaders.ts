import { createLoader, type Load } from '@giggityflix/graphql';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import type { Arrivals } from '../ingest/arrivals.ts';
import { MAX_FILES_PER_TITLE } from '../store/limits.ts';
import type { ArtworkInfo, CatalogStore, FileRecord, TitleRecord } from '../store/store.ts';

/** What the resolvers of one request read; each in one query, whatever the number of objects. */
export interface Loaders {
  title: Load<string, TitleRecord | null>;
  file: Load<CatalogId, FileRecord | null>;
  /** Like `file`, and waits a little for a file whose description is on its way. */
  expectedFile: Load<CatalogId, FileRecord | null>;
  filesOfTitle: Load<string, FileRecord[]>;
  artworkOfFile: Load<CatalogId, ArtworkInfo[]>;
}

export function createLoaders(store: CatalogStore, arrivals: Arrivals): Loaders {
  const files = async (ids: readonly CatalogId[]) => byKey(await store.files(ids), (file) => file.catalogId);
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
    filesOfTitle: createLoader<string, FileRecord[]>({
      async read(ids) {
        const byTitle = Map.groupBy(await store.filesOfTitles(ids), (file) => file.titleId);
        for (const files of byTitle.values()) files.length = Math.min(files.length, MAX_FILES_PER_TITLE);
        return byTitle;
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
