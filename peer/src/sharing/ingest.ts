import { join } from 'node:path';
import type { Logger } from '@giggityflix/kernel';
import { catalogIdFromBytes } from '@giggityflix/proto/catalog-id';
import { isEscaped } from '../files/escaped-names.ts';
import { HashingError } from '../hashing/hash-file.ts';
import { EXPRESS_BYTES } from '../hashing/lanes.ts';
import type { HashPool } from '../hashing/pool.ts';
import type { Reading } from '../library/content-changes.ts';
import type { Library } from '../library/library.ts';
import type { Content, FileFacts, FileKey, LibraryFile } from '../library/types.ts';
import { type Describer, UnplayableError } from '../metadata/describe.ts';
import type { ReadyFile } from '../scan/arrivals.ts';
import { createRecentFiles } from './recent-files.ts';

/** How long to leave a full disk alone. */
const STORAGE_RETRY_MS = 5_000;
/** While so many files are to be read, what is not needed at once is read of each when all are shared. */
const BACKLOG = 32;
/** Of so many files taken up one is the smallest, not the latest: nothing waits for ever. */
const TURNS = 4;
/** Outcomes are gathered for this long, up to so many: each change of the index costs as much as reading a small file. */
const STORE_AFTER_MS = 25;
/** The same while many files are to be read. */
const STORE_AFTER_BACKLOG_MS = 150;
const STORE_AT_ONCE = 64;
/**
 * While the edge takes announcements more slowly than files are read, one of a library is taken up so often: what somebody waits
 * for would be announced behind all that is ahead of it.
 */
const CROWDED_MS = 50;

export interface IngestDeps {
  library: Library;
  hashes: HashPool;
  logger: Logger;
  describer: Describer;
  /** Called within the transaction that makes a content known, or describes it by another of its files. */
  onContent: (content: Content, file: FileFacts) => void;
  /** Whether more is read than can be announced. */
  isCrowded?: () => boolean;
  /** Called for a file that changed while it was read. */
  onChanged: (keys: FileKey[]) => void;
  /** Called for a file of which something was left to be read later. */
  onHasty: () => void;
  /** Called when the last file in hand has been read. */
  onIdle: () => void;
}

/** A file in hand. */
interface Work {
  done: Promise<void>;
  isSmall: boolean;
  /** Whether it is still being read: what waits to be stored takes nobody's place. */
  isReading: boolean;
}

interface Outcome extends Reading {
  file: LibraryFile;
  resolve(): void;
}

/** Reads the files the scanner found: describes and hashes each, and puts the outcome into the index. */
export function createIngest(deps: IngestDeps) {
  const { library, hashes, logger, describer } = deps;
  const busy = new Map<string, Work>();
  const recent = createRecentFiles(library.get);
  const waiting: (() => void)[] = [];
  let outcomes: Outcome[] = [];
  let storing: NodeJS.Timeout | undefined;
  let turn = 0;
  let stopped = false;
  let pause: NodeJS.Timeout | undefined;
  let takenUpAt = Number.NEGATIVE_INFINITY;
  let later: NodeJS.Timeout | undefined;

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

  const hasBacklog = () => library.hasPending(BACKLOG);

  /** The latest file, and now and then the smallest. */
  function next(fits: (file: LibraryFile) => boolean): LibraryFile | null {
    turn += 1;
    const latest = turn % TURNS === 0 ? null : recent.take(fits);
    if (latest) return latest;
    const smallest = library.nextPending((key) => busy.has(join(key.dir, key.name)));
    return smallest && fits(smallest) ? smallest : null;
  }

  const isCrowded = () => deps.isCrowded?.() === true && hasBacklog();

  /** Whether another file is to be taken up now, and not in a while. */
  function isDue(): boolean {
    if (!isCrowded()) return true;
    const waitMs = takenUpAt + CROWDED_MS - performance.now();
    if (waitMs <= 0) return true;
    later ??= setTimeout(() => {
      later = undefined;
      pump();
    }, waitMs);
    return false;
  }

  /**
   * Takes up as many files as there are threads, and a small one beside large ones. Files stay in the index until done, so
   * nothing is queued here.
   */
  function pump(): void {
    if (stopped || pause) return;
    for (let free = hashes.concurrency + 1; free > 0; free -= 1) {
      const reading = [...busy.values()].filter(({ isReading }) => isReading);
      const isFull = reading.length >= hashes.concurrency;
      if (isFull && (reading.length > hashes.concurrency || reading.some(({ isSmall }) => isSmall))) break;
      if (!isDue()) break;
      const file = next(
        ({ dir, name, sizeBytes }) => !busy.has(join(dir, name)) && (!isFull || sizeBytes < EXPRESS_BYTES),
      );
      if (!file) break;
      takeUp(file);
    }
    if (outcomes.length === busy.size) store();
    if (busy.size > 0 || later) return;
    for (const resolve of waiting.splice(0)) resolve();
    deps.onIdle();
  }

  function takeUp(file: LibraryFile): void {
    const path = join(file.dir, file.name);
    const work: Work = { done: Promise.resolve(), isSmall: file.sizeBytes < EXPRESS_BYTES, isReading: true };
    busy.set(path, work);
    takenUpAt = performance.now();
    work.done = read(file, path)
      .then((outcome) => {
        work.isReading = false;
        if (!outcome) return;
        return new Promise<void>((resolve) => {
          outcomes.push({ ...outcome, file, resolve });
          if (outcomes.length >= STORE_AT_ONCE) store();
          else
            storing ??= setTimeout(
              store,
              hasBacklog() && !isCrowded() ? STORE_AFTER_BACKLOG_MS : STORE_AFTER_MS,
            );
          pump();
        });
      })
      .finally(() => {
        busy.delete(path);
        pump();
      });
  }

  /** What a file is; null when it is not shared, which is in the index by then. */
  async function read(file: LibraryFile, path: string): Promise<Reading | null> {
    try {
      if (file.sizeBytes === 0) throw new UnplayableError('it is empty');
      const { media, depth } = await describer.describe(file, { isHasty: hasBacklog() });
      const result = await hashes.hash(path);
      if (stopped) return null;
      const content: Content = {
        catalogId: catalogIdFromBytes(result.root)!,
        sizeBytes: result.sizeBytes,
        hashes: result.hashes,
        pieceLayer: Buffer.from(result.pieceLayer),
        media,
      };
      if (depth < (await describer.depth)) deps.onHasty();
      return {
        read: { ...file, sizeBytes: result.sizeBytes, mtimeMs: result.mtimeMs },
        content,
        depth,
        onDescribed: () => deps.onContent(content, file),
      };
    } catch (error) {
      try {
        fail(file, path, error);
      } catch (storageError) {
        rest(storageError);
      }
      return null;
    }
  }

  /** Puts what was read into the index, in one transaction. */
  function store(): void {
    clearTimeout(storing);
    storing = undefined;
    const batch = outcomes;
    if (batch.length === 0) return;
    outcomes = [];
    try {
      const stored = stopped ? [] : library.completeAll(batch);
      for (const [index, isStored] of stored.entries()) {
        const { file, content } = batch[index]!;
        if (!isStored) deps.onChanged([file]);
        else announce(join(file.dir, file.name), content);
      }
    } catch (error) {
      rest(error);
    }
    for (const { resolve } of batch) resolve();
  }

  function announce(path: string, { catalogId, media }: Content): void {
    logger.info({ path, catalog_id: catalogId, title: media.title }, 'shared');
    if (isEscaped(path)) logger.warn({ path }, 'its name is not valid UTF-8; it is shared under this one');
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
    /** Call when files are ready to be read; `latest` are those that became so just now. */
    pump(latest: readonly ReadyFile[] = []): void {
      recent.note(latest);
      pump();
    },
    busy: () => busy.size + (later ? 1 : 0),
    /** Resolves once nothing is being read. */
    idle(): Promise<void> {
      return new Promise((resolve) => {
        waiting.push(resolve);
        pump();
      });
    },
    /** Resolves once no file is being read, though more may wait. Call after `stop`. */
    async settled(): Promise<void> {
      store();
      await Promise.allSettled([...busy.values()].map(({ done }) => done));
    },
    stop(): void {
      stopped = true;
      clearTimeout(pause);
      clearTimeout(later);
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
}
