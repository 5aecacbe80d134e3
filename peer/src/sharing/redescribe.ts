import type { Logger } from '@giggityflix/kernel';
import { catalogIdFromBytes } from '@giggityflix/proto/catalog-id';
import type { Library } from '../library/library.ts';
import type { Content, LibraryFile } from '../library/types.ts';
import type { Describer } from '../metadata/describe.ts';

/** An `.nfo` that is being written changes several times; so does the first of several names while they are moved. */
const COALESCE_MS = 500;
/** How long to leave a disk alone that cannot be written. */
const STORAGE_RETRY_MS = 10_000;
/** Descriptions looked up at once. */
const BATCH = 50;
/** How long what is more urgent is left alone before films are looked into more deeply. */
const BUSY_MS = 2_000;
/** Films looked into more deeply at once, each by a process of its own. */
const DEEP_AT_ONCE = 2;

/** How often old descriptions are looked for, and how many are sent again each time: one a second at most. */
const REFRESH_MS = 60_000;
const REFRESH_BATCH = 60;

export interface RedescribeConfig {
  /** Age at which a description is sent again, in milliseconds; 0 for never. */
  refreshMs: number;
}

export interface RedescribeDeps {
  library: Library;
  logger: Logger;
  describer: Describer;
  /** Called within the transaction that describes a content anew. */
  onContent: (content: Content, file: LibraryFile) => void;
  /** Whether nothing more urgent is being read or sent. */
  isIdle?: () => boolean;
  /** Called when what was due is described. */
  onDone?: () => void;
}

/**
 * Keeps descriptions true without reading films again: when the file that names a content was renamed, moved or went
 * away, and when an `.nfo` or subtitles beside it came, went or changed. When nothing else is to be read, films are looked
 * into that were not looked into as deeply as they can be. Old descriptions are sent again, a few at a time, so that a
 * catalog that lost its database learns them anew.
 */
export function createRedescribe(config: RedescribeConfig, deps: RedescribeDeps) {
  const { library, logger } = deps;
  const { descriptions } = library;
  let timer: NodeJS.Timeout | undefined;
  let refreshing: NodeJS.Timeout | undefined;
  let deeper: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;

  /** Describes one content; whether that is done with. */
  async function describe(id: Buffer, known: number, always: boolean, isDeep = false): Promise<boolean> {
    const file = library.describer(id);
    const content = library.content(catalogIdFromBytes(id)!);
    if (!file || !content) return false;
    // A film that can no longer be looked into keeps what is known of it.
    const anew = isDeep ? await deps.describer.describe(file).catch(() => null) : null;
    const media = anew?.media ?? (await deps.describer.redescribe(content.media, file));
    if (stopped) return false;
    return library.redescribe(id, file, media, {
      depth: isDeep ? await deps.describer.depth : known,
      always,
      onDescribed: (described) => deps.onContent(described, file),
    });
  }

  async function run(): Promise<void> {
    for (let done = -1; done !== 0 && !stopped; ) {
      done = 0;
      for (const { catalog_id, depth } of descriptions.due(BATCH))
        if (!stopped && (await describe(catalog_id, depth, false))) done += 1;
    }
    deps.onDone?.();
  }

  /** Looks into films more deeply, and in between at what is due. */
  async function lookDeeper(): Promise<void> {
    const depth = await deps.describer.depth;
    while (!stopped) {
      if (!(deps.isIdle?.() ?? true)) {
        deeper ??= setTimeout(() => {
          deeper = undefined;
          enqueue(lookDeeper);
        }, BUSY_MS);
        deeper.unref();
        return;
      }
      const films = descriptions.shallowerThan(depth, DEEP_AT_ONCE);
      const looks = films.map(({ catalog_id }) => describe(catalog_id, depth, false, true));
      if (!(await Promise.all(looks)).includes(true)) return;
      await run();
    }
  }

  async function refresh(): Promise<void> {
    descriptions.limitTimes();
    await describeOld(Date.now() - config.refreshMs, REFRESH_BATCH);
  }

  /** Sends again what was described before `time`; how many that were. */
  async function describeOld(time: number, limit: number): Promise<number> {
    const old = descriptions.olderThan(time, limit);
    for (const { catalog_id, depth } of old) if (!stopped) await describe(catalog_id, depth, true);
    return old.length;
  }

  async function describeAll(): Promise<void> {
    const time = Date.now();
    while (!stopped && (await describeOld(time, BATCH)) > 0);
  }

  /** One piece of work at a time; a disk that cannot be written is tried again later. */
  function enqueue(work: () => Promise<void>): void {
    running = running.then(work).catch((error: unknown) => {
      if (stopped) return;
      logger.error({ err: error }, 'descriptions cannot be renewed now; it is tried again');
      pump(STORAGE_RETRY_MS);
    });
  }

  function pump(delayMs = COALESCE_MS): void {
    if (stopped) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      enqueue(run);
    }, delayMs);
    timer.unref();
  }

  return {
    start(): void {
      if (stopped) return;
      enqueue(run);
      enqueue(lookDeeper);
      if (config.refreshMs === 0) return;
      refreshing = setInterval(() => enqueue(refresh), REFRESH_MS);
      refreshing.unref();
    },
    /** Call when descriptions became due. */
    pump: () => pump(),
    /** Call when films are to be looked into more deeply, and nothing more urgent is being read. */
    lookDeeper(): void {
      if (!stopped) enqueue(lookDeeper);
    },
    /** Sends every description again, in the background. */
    all(): void {
      descriptions.setOld();
      enqueue(describeAll);
    },
    /** Resolves when what is under way is done. */
    async stop(): Promise<void> {
      stopped = true;
      clearTimeout(timer);
      clearInterval(refreshing);
      clearTimeout(deeper);
      await running;
    },
  };
}
