import { type FileHandle, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type CatalogId, parseCatalogId } from '@giggityflix/proto/catalog-id';
import { toPath } from '../files/escaped-names.ts';
import { checkInside, openInside } from '../files/open-inside.ts';
import type { Library } from '../library/library.ts';
import type { LibraryFile } from '../library/types.ts';
import { parseSidecars } from '../metadata/sidecar-files.ts';
import { ContentChangedError, type ContentSource } from './content-source.ts';

/** Serves contents from the index; `onChanged` is called for files that are not what was hashed. */
export function createLibraryContentSource(
  config: { roots: readonly string[] },
  deps: { library: Library; onChanged: (file: LibraryFile) => void },
): ContentSource {
  /** Opens one of the files with these bytes, the first that is still as it was. */
  async function openAny(catalogId: CatalogId): Promise<FileHandle> {
    for (const file of deps.library.holders(catalogId)) {
      const handle = await openUnchanged(file).catch(() => null);
      if (handle) return handle;
      deps.onChanged(file);
    }
    throw new ContentChangedError('the file is gone or has changed since it was hashed');
  }

  async function openUnchanged(file: LibraryFile): Promise<FileHandle> {
    const path = join(file.dir, file.name);
    const handle = await openInside(path, config.roots);
    try {
      // The descriptor is checked, not the name: what is read is what was checked.
      const stats = await handle.stat();
      if (!stats.isFile() || stats.size !== file.sizeBytes || stats.mtimeMs !== file.mtimeMs)
        throw new ContentChangedError(`${path} has changed since it was hashed`);
      return handle;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async function isUnchanged(file: LibraryFile): Promise<boolean> {
    const path = join(file.dir, file.name);
    const stats = await stat(toPath(path)).catch(() => null);
    if (!stats?.isFile() || stats.size !== file.sizeBytes || stats.mtimeMs !== file.mtimeMs) return false;
    return checkInside(path, config.roots).then(
      () => true,
      () => false,
    );
  }

  return {
    lookup(text) {
      const catalogId = parseCatalogId(text);
      if (!catalogId) return null;
      const [file] = deps.library.holders(catalogId);
      const content = file && deps.library.content(catalogId);
      if (!content) return null;
      const { media } = content;
      return {
        catalogId,
        path: join(file.dir, file.name),
        sizeBytes: content.sizeBytes,
        mimeType: media.mimeType,
        durationSeconds: media.durationSeconds,
        container: media.container,
        videoCodec: media.videoCodec,
        height: media.height,
        audioCodec: media.audioCodec,
        subtitles: parseSidecars(file.sidecars).subtitles,
        pieceLayer: content.pieceLayer,
        open: () => openAny(catalogId),
        async isAvailable() {
          for (const holder of deps.library.holders(catalogId)) if (await isUnchanged(holder)) return true;
          return false;
        },
      };
    },
  };
}
