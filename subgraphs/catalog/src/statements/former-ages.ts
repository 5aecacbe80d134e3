import { type Logger, READY, type Service } from '@giggityflix/kernel';
import type { Database } from '@giggityflix/prisma';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import { AGE_RULES } from '../ages/boards.ts';
import { settle } from './settle.ts';

/** Files of one page, and of one transaction: few enough that others write in between. */
const PAGE = 10_000;
const AT_ONCE = 25;

/** Files whose ages were found by former rules, or by none. */
export interface FormerAges {
  next(limit: number): Promise<CatalogId[]>;
  renew(catalogIds: readonly CatalogId[]): Promise<void>;
}

export function createFormerAges(database: Database): FormerAges {
  return {
    async next(limit) {
      const rows = await database.client.mediaFile.findMany({
        where: { ageRules: { lt: AGE_RULES } },
        select: { catalogId: true },
        take: limit,
      });
      return rows.map(({ catalogId }) => catalogId as CatalogId);
    },
    async renew(catalogIds) {
      await settle(database, catalogIds);
    },
  };
}

/** Finds the ages of titles that a former version left, in the background; until then they are of no known age. */
export function createAgesFill(deps: { ages: () => FormerAges; logger: Logger }): Service {
  let running: Promise<void> | null = null;
  let stopping = false;

  const fill = async () => {
    const ages = deps.ages();
    const seen = new Set<CatalogId>();
    for (;;) {
      const due = (await ages.next(PAGE)).filter((id) => !seen.has(id));
      if (due.length === 0) break;
      for (let from = 0; from < due.length; from += AT_ONCE) {
        if (stopping) return;
        const some = due.slice(from, from + AT_ONCE);
        await ages.renew(some);
        for (const id of some) seen.add(id);
      }
    }
    if (seen.size > 0) deps.logger.info({ files: seen.size }, 'found the least ages of titles');
  };
  return {
    async start() {
      stopping = false;
      running = fill().catch((error) => {
        // Those that are left are found with the next start.
        deps.logger.warn({ err: error }, 'cannot find the least ages of titles');
      });
    },
    async stop() {
      stopping = true;
      await running;
    },
    ready: () => READY,
  };
}
