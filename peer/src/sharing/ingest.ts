import { join } from 'node:path';
import type { Logger } from '@giggityflix/kernel';
import { catalogIdFromBytes } from '@giggityflix/proto/catalog-id';
import { SqliteError } from 'better-sqlite3';
import { isEscaped } from '../files/escaped-names.ts';
import { HashingError } from '../hashing/hash-file.ts';
import { EXPRESS_BYTES } from '../hashing/lanes.ts';
import type { HashPool } from '../hashing/pool.ts';
import type { Library } from '../library/library.ts';
import type { Content, FileKey, LibraryFile } from '../library/types.ts';
import { type Describer, UnplayableError } from '../metadata/describe.ts';

/** How long to leave a full disk alone. */
const STORAGE_RETRY_MS = 5_000;

export interface IngestDeps {
  library: Library;
  hashes: HashPool;
  logger: Logger;
  describer: Describer;
  /** Called within the transaction that makes a content known, or describes it by another of its files. */
  onContent: (content: Content, name: string) => void;
  /** Called for a file that changed while it was read. */
  onChanged: (keys: FileKey[]) => void;
  /** Called when the last file in hand has been read. */
  onIdle: () => void;
}

/** Reads the files the scanner found: describes and hashes each, and puts the outcome into the index. */
export function createIngest(deps: IngestDeps) {
  const { library, hashes, logger, describer } = deps;
  const busy = new Map<string, { work: Promise<void>; isSmall: boolean }>();
  const waiting: (() => void)[] = [];
  let stopped = false;
  let pause: NodeJS.Timeout | undefined;

  /** Waits before reading on when the outcome cannot be stored: the disk is full, and may not be for ever. */
  function rest(error: unknown): void {
    if (pause || stopped) return;
    logger.error({ err: error }, 'the index cannot be written; reading files goes on later');
    pause = setTimeout(() => {
      pause = undefined;
      pump();
    }, STORAGE_RETRY_MS);
    pause.unref();
  }

  /**
   * Takes up as many files as there are threads, the smallest first, and a small one beside large ones. Files stay in
   * the index until done, so nothing is queued here.
   */
  function pump(): void {
    if (stopped || pause) return;
    const isBusy = (key: FileKey) => busy.has(join(key.dir, key.name));
    for (let free = hashes.concurrency + 1; free > 0; free -= 1) {
      const isFull = busy.size >= hashes.concurrency;
      if (isFull && (busy.size > hashes.concurrency || [...busy.values()].some(({ isSmall }) => isSmall)))
        break;
      const file = library.nextPending(isBusy);
      if (!file) break;
      const isSmall = file.sizeBytes < EXPRESS_BYTES;
      if (isFull && !isSmall) break;
      const path = join(file.dir, file.name);
      const work = take(file, path).finally(() => {
        busy.delete(path);
        pump();
      });
      busy.set(path, { work, isSmall });
    }
    if (busy.size > 0) return;
    for (const resolve of waiting.splice(0)) resolve();
    deps.onIdle();
  }

  async function take(file: LibraryFile, path: string): Promise<void> {
    try {
      if (file.sizeBytes === 0) throw new UnplayableError('it is empty');
      const media = await describer.describe(file);
      const result = await hashes.hash(path);
      if (stopped) return;
      const content: Content = {
        catalogId: catalogIdFromBytes(result.root)!,
        sizeBytes: result.sizeBytes,
        hashes: result.hashes,
        pieceLayer: Buffer.from(result.pieceLayer),
        media,
      };
      const read = { ...file, sizeBytes: result.sizeBytes, mtimeMs: result.mtimeMs };
      const depth = await describer.depth;
      const onDescribed = () => deps.onContent(content, file.name);
      if (!library.complete(read, content, { depth, onDescribed })) deps.onChanged([file]);
      else {
        logger.info({ path, catalog_id: content.catalogId, title: media.title }, 'shared');
        if (isEscaped(path))
          logger.warn({ path }, 'its name is not valid UTF-8; it is shared under this one');
      }
    } catch (error) {
      try {
        if (error instanceof SqliteError) throw error;
        fail(file, path, error);
      } catch (storageError) {
        rest(storageError);
      }
    }
  }

  function fail(file: LibraryFile, path: string, error: unknown): void {
    if (stopped) return;
    const reason = (error as Error).message;
    // Whatever went wrong, it may be because the file was removed or changed meanwhile.
    const now = library.get(file);
    if (!now || now.sizeBytes !== file.sizeBytes || now.mtimeMs !== file.mtimeMs) return;
    if (error instanceof HashingError && error.code === 'changed') {
      library.mark([file], 'settling');
      deps.onChanged([file]);
      return;
    }
    const rejected =
      error instanceof UnplayableError || (error instanceof HashingError && error.code === 'empty');
    library.mark([file], rejected ? 'rejected' : 'unreadable', reason);
    logger.warn({ path, reason }, 'not shared');
  }

  return {
    pump,
    busy: () => busy.size,
    /** Resolves once nothing is being read. */
    idle(): Promise<void> {
      return new Promise((resolve) => {
        waiting.push(resolve);
        pump();
      });
    },
    /** Resolves once no file is being read, though more may wait. Call after `stop`. */
    async settled(): Promise<void> {
      await Promise.allSettled([...busy.values()].map(({ work }) => work));
    },
    stop(): void {
      stopped = true;
      clearTimeout(pause);
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
}
