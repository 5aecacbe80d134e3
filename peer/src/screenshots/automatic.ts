import type { Logger } from '@giggityflix/kernel';
import { type CatalogId, catalogIdFromBytes } from '@giggityflix/proto/catalog-id';
import type { SqliteDatabase } from '@giggityflix/state';
import type { Screenshot, Screenshots } from './screenshots.ts';

/** How long what is urgent is left to go out before it is looked again. */
const BEHIND_MS = 2_000;

/** Takes pictures of films no pictures were taken of, one film at a time, when there is nothing better to do. */
export interface AutomaticScreenshots {
  /** Call when there may be new films. */
  pump(): void;
  /** Takes and sends pictures of every film again. */
  repeat(): void;
  stop(): Promise<void>;
}

export function createAutomaticScreenshots(
  config: { count: number },
  deps: {
    database: SqliteDatabase;
    screenshots: Screenshots;
    logger: Logger;
    isIdle: () => boolean;
    /** Whether it is to look again in a while: not idle for a reason that ends by itself. */
    isBehind?: () => boolean;
    onPictures: (catalogId: CatalogId, pictures: Screenshot[]) => void;
  },
): AutomaticScreenshots {
  const next = deps.database
    .prepare(
      `SELECT catalog_id FROM content WHERE artwork_tried = 0
       AND EXISTS (SELECT 1 FROM files WHERE files.catalog_id = content.catalog_id AND state = 'shared') LIMIT 1`,
    )
    .pluck();
  const forget = deps.database.prepare('UPDATE content SET artwork_tried = 0 WHERE artwork_tried = 1');
  const tried = deps.database.prepare('UPDATE content SET artwork_tried = 1 WHERE catalog_id = ?');
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  let later: NodeJS.Timeout | undefined;

  async function run(): Promise<void> {
    if (config.count === 0 || !(await deps.screenshots.available())) return;
    while (!stopped && deps.isIdle()) {
      if (deps.isBehind?.()) {
        later ??= setTimeout(() => {
          later = undefined;
          pump();
        }, BEHIND_MS);
        later.unref();
        return;
      }
      const id = next.get() as Buffer | undefined;
      if (!id) return;
      const catalogId = catalogIdFromBytes(id)!;
      const pictures = await deps.screenshots.capture(catalogId, config.count).catch((error: Error) => {
        deps.logger.debug({ catalog_id: catalogId, reason: error.message }, 'no screenshots');
        return [];
      });
      if (stopped) return;
      // Stored and marked in one transaction, so that a crash neither loses the pictures nor takes them twice.
      deps.database.transaction(() => {
        deps.onPictures(catalogId, pictures);
        tried.run(id);
      })();
    }
  }

  /** Who asks while one look comes to nothing, as something was still being read, must not be forgotten. */
  async function runAll(): Promise<void> {
    try {
      while (again) {
        again = false;
        await run();
      }
    } catch (error) {
      deps.logger.warn({ err: error }, 'screenshots failed');
    } finally {
      // At once: whoever asks later begins anew.
      running = null;
    }
  }

  function pump(): void {
    if (stopped) return;
    again = true;
    running ??= runAll();
  }

  return {
    pump,
    repeat() {
      forget.run();
      pump();
    },
    async stop() {
      stopped = true;
      clearTimeout(later);
      await running;
    },
  };
}
