import type { CatalogId } from '@giggityflix/proto/catalog-id';

/** Files of one peer that are kept to be asked for, whatever the size of its catalog. */
export const SAMPLE_SIZE = 16;

/** A uniform random sample of the files a peer announced (reservoir sampling), as hexadecimal ids. */
export function createSample(random: () => number = Math.random) {
  const kept: CatalogId[] = [];
  let seen = 0;
  return {
    add(rawId: Buffer): void {
      seen += 1;
      const at = kept.length < SAMPLE_SIZE ? kept.length : Math.floor(random() * seen);
      if (at >= SAMPLE_SIZE) return;
      const id = rawId.toString('hex') as CatalogId;
      if (!kept.includes(id)) kept[at] = id;
    },
    remove(id: CatalogId): void {
      const at = kept.indexOf(id);
      if (at >= 0) kept.splice(at, 1);
    },
    /** The peer announces its whole catalog anew. */
    clear(): void {
      kept.length = 0;
      seen = 0;
    },
    /** One of them; undefined when there is none. */
    pick: (): CatalogId | undefined => kept[Math.floor(random() * kept.length)],
  };
}
