import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@giggityflix/kernel';
import { type Command, CommandType } from '@giggityflix/proto';
import { type CatalogId, catalogIdFromBytes } from '@giggityflix/proto/catalog-id';
import { toPath } from '../files/escaped-names.ts';
import type { HashPool } from '../hashing/pool.ts';
import type { Library } from '../library/library.ts';
import type { LibraryFile } from '../library/types.ts';
import type { Screenshot, Screenshots } from '../screenshots/screenshots.ts';
import { parseParameters } from './parameters.ts';

export interface ActionDeps {
  library: Library;
  hashes: HashPool;
  screenshots: Screenshots;
  logger: Logger;
  /** Sends pictures to the catalog. */
  onPictures: (catalogId: CatalogId, pictures: Screenshot[]) => void;
}

type Result = Record<string, unknown>;

/** What this peer could do and does not. */
export class Refusal extends Error {}

/** What each command does; it resolves with the result of the answer and rejects with the reason of its failure. */
export type Actions = Partial<
  Record<CommandType, (command: Command, catalogId: CatalogId) => Promise<Result>>
>;

export function createActions(
  /** Whether the owner allows that a command deletes. */
  config: { mayDelete: (command: Command) => boolean },
  deps: ActionDeps,
): Actions {
  const { library, logger } = deps;

  function holdersOf(catalogId: CatalogId): LibraryFile[] {
    const files = library.holders(catalogId);
    if (files.length === 0) throw new Error('this peer does not share the file');
    return files;
  }

  async function deleteFile(command: Command, catalogId: CatalogId): Promise<Result> {
    if (!config.mayDelete(command))
      throw new Refusal('the owner of this peer does not allow deletion (ALLOW_REMOTE_DELETE)');
    const files = holdersOf(catalogId);
    for (const file of files) {
      const path = join(file.dir, file.name);
      await rm(toPath(path));
      library.remove([file]);
      logger.warn({ path, catalog_id: catalogId }, 'deleted on command');
    }
    return { deleted_files: files.length };
  }

  async function hashFile(command: Command, catalogId: CatalogId): Promise<Result> {
    const { algorithms } = parseParameters('file_hash', command.parameters);
    const [file] = holdersOf(catalogId);
    const known = library.content(catalogId)!;
    const wanted = algorithms ?? Object.keys(known.hashes);
    const hashes: Record<string, string> = {};
    if (wanted.every((name) => name in known.hashes))
      for (const name of wanted) hashes[name] = known.hashes[name]!;
    else {
      const result = await deps.hashes.hash(join(file!.dir, file!.name), wanted);
      if (catalogIdFromBytes(result.root) !== catalogId) throw new Error('the file has changed');
      Object.assign(hashes, result.hashes);
    }
    return { size_bytes: known.sizeBytes, hashes, ...hashes };
  }

  async function captureScreenshots(command: Command, catalogId: CatalogId): Promise<Result> {
    const { quantity } = parseParameters('screenshot_capture', command.parameters);
    const pictures = await deps.screenshots.capture(catalogId, quantity);
    deps.onPictures(catalogId, pictures);
    return {
      quantity: pictures.length,
      screenshots: pictures.map(({ index, atSeconds, width, height, mimeType, data }) => ({
        index,
        at_seconds: atSeconds,
        width,
        height,
        mime_type: mimeType,
        size_bytes: data.length,
      })),
    };
  }

  return {
    [CommandType.COMMAND_TYPE_FILE_DELETE]: deleteFile,
    [CommandType.COMMAND_TYPE_FILE_HASH]: hashFile,
    [CommandType.COMMAND_TYPE_SCREENSHOT_CAPTURE]: captureScreenshots,
  };
}
