import { join } from 'node:path';
import type { CatalogId } from '@giggityflix/proto/catalog-id';
import type { FileKey } from './types.ts';

/** Paths remembered; what a restart or their number makes forgotten stays in the catalog as a film nobody has. */
const MAX_PATHS = 10_000;

/** What files were before they changed, until it is known what they are now. */
export function createSuperseded() {
  const former = new Map<string, CatalogId>();
  return {
    note({ dir, name }: FileKey, catalogId: CatalogId): void {
      former.set(join(dir, name), catalogId);
      const [oldest] = former.keys();
      if (former.size > MAX_PATHS && oldest !== undefined) former.delete(oldest);
    },
    take({ dir, name }: FileKey): CatalogId | null {
      const path = join(dir, name);
      const catalogId = former.get(path) ?? null;
      former.delete(path);
      return catalogId;
    },
  };
}

export type Superseded = ReturnType<typeof createSuperseded>;
