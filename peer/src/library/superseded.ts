import { join } from 'node:path';
import { catalogIdToBuffer } from '@giggityflix/proto';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import type { Statements } from './statements.ts';
import type { FileKey } from './types.ts';

/** Paths remembered; what a restart or their number makes forgotten stays in the catalog as a film nobody has. */
const MAX_PATHS = 10_000;

/** What files were before they changed, until it is known what they are now. */
export function createSuperseded(sql: Pick<Statements, 'anyHolder' | 'removeContent'>) {
  const former = new Map<string, CatalogId>();
  const take = ({ dir, name }: FileKey): CatalogId | null => {
    const path = join(dir, name);
    const catalogId = former.get(path) ?? null;
    former.delete(path);
    return catalogId;
  };
  return {
    note({ dir, name }: FileKey, catalogId: CatalogId): void {
      former.set(join(dir, name), catalogId);
      const [oldest] = former.keys();
      if (former.size > MAX_PATHS && oldest !== undefined) former.delete(oldest);
    },
    /**
     * Forgets what was at a path before, where no file holds it any more, and returns it.
     *
     * @param now what is at the path; null for a file that cannot be shared.
     */
    by(key: FileKey, now: CatalogId | null): CatalogId[] {
      const before = take(key);
      if (!before || before === now) return [];
      const id = catalogIdToBuffer(before);
      if (sql.anyHolder.get(id) !== undefined) return [];
      sql.removeContent.run(id);
      return [before];
    },
  };
}

export type Superseded = ReturnType<typeof createSuperseded>;
