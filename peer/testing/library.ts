import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type CatalogId, catalogIdFromBytes } from '@giggityflix/proto/catalog-id';
import { onTestFinished } from 'vitest';
import { hashFile } from '../src/hashing/hash-file.ts';
import { type Library, openLibrary } from '../src/library/library.ts';
import type { Content, FileFacts } from '../src/library/types.ts';
import { indexSidecars } from '../src/metadata/sidecar-files.ts';

/** An index in memory, or in a folder. */
export function testLibrary(dir?: string): Library {
  const library = openLibrary(dir ? join(dir, 'index.sqlite') : ':memory:');
  onTestFinished(() => library.close());
  return library;
}

export function factsOf(path: string, root: string): FileFacts {
  const { size, mtimeMs, dev, ino } = statSync(path);
  const dir = dirname(path);
  const name = basename(path);
  return { dir, name, root, sizeBytes: size, mtimeMs, dev, ino, sidecars: sidecarsOf(dir, name) };
}

/** What lies beside a film now. */
export function sidecarsOf(dir: string, name: string): string {
  return indexSidecars({ dir, names: readdirSync(dir) })(name);
}

/** Writes a file and puts it into the index as shared; returns its catalog id. */
export function shareFile(
  library: Library,
  path: string,
  root: string,
  bytes: string | Buffer,
  described: Partial<Content['media']> = {},
): CatalogId {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  const { root: id, pieceLayer, hashes, sizeBytes } = hashFile({ path, algorithms: ['md5', 'sha1'] });
  const content: Content = {
    catalogId: catalogIdFromBytes(id)!,
    sizeBytes,
    hashes,
    pieceLayer: Buffer.from(pieceLayer),
    media: {
      title: basename(path),
      year: null,
      season: null,
      episode: null,
      kind: 'CLIP',
      container: null,
      mimeType: 'video/mp4',
      videoCodec: null,
      audioCodec: null,
      durationSeconds: 10,
      width: null,
      height: null,
      language: null,
      tracks: [],
      chapters: [],
      subtitles: [],
      ...described,
    },
  };
  const file = factsOf(path, root);
  library.record([{ file, state: 'pending' }]);
  library.complete(file, content);
  return content.catalogId;
}
