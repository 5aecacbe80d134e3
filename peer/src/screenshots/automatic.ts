import type { Logger } from '@giggityflix/kernel';
import { type CatalogId, catalogIdFromBytes } from '@giggityflix/proto/catalog-id';
import type { SqliteDatabase } from '@giggityflix/state';
import { createIdleWork } from '../idle/idle-work.ts';
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
  const work = createIdleWork({
    isIdle: deps.isIdle,
    isBehind: deps.isBehind ?? (() => false),
    behindMs: BEHIND_MS,
    failure: 'screenshots failed',
    logger: deps.logger,
    async run({ mayGoOn }) {
      if (config.count === 0 || !(await deps.screenshots.available())) return;
      while (mayGoOn()) {
        const id = next.get() as Buffer | undefined;
        if (!id) return;
        const catalogId = catalogIdFromBytes(id)!;
        const pictures = await deps.screenshots.capture(catalogId, config.count).catch((error: Error) => {
          deps.logger.debug({ catalog_id: catalogId, reason: error.message }, 'no screenshots');
          return [];
        });
        if (work.isStopped()) return;
        // Stored and marked in one transaction, so that a crash neither loses the pictures nor takes them twice.
        deps.database.transaction(() => {
          deps.onPictures(catalogId, pictures);
          tried.run(id);
        })();
      }
    },
  });

  return {
    pump: work.pump,
    repeat() {
      forget.run();
      work.pump();
    },
    stop: work.stop,
  };
}
