import type { SharedContent } from '../content/content-source.ts';
import type { PieceTree } from '../hashing/piece-tree.ts';
import { createContentTree } from './piece-source.ts';

/** Hash trees of the films being watched, one for all viewers of a film. */
export interface TreeCache {
  /** @throws ContentChangedError when the index holds a piece layer of something else. */
  acquire(content: SharedContent): PieceTree;
  /** Once for every `acquire`. */
  release(catalogId: string): void;
}

export function createTreeCache(): TreeCache {
  const entries = new Map<string, { tree: PieceTree; users: number }>();
  return {
    acquire(content) {
      const known = entries.get(content.catalogId);
      if (known) {
        known.users += 1;
        return known.tree;
      }
      const tree = createContentTree(content);
      entries.set(content.catalogId, { tree, users: 1 });
      return tree;
    },
    release(catalogId) {
      const entry = entries.get(catalogId);
      if (!entry) return;
      entry.users -= 1;
      if (entry.users === 0) entries.delete(catalogId);
    },
  };
}
