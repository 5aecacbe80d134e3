import type { Page } from '../pages/page.ts';

/** Pages kept for who comes back. */
const MOST = 5;

interface Kept {
  page: Page;
  scroll: number;
  focus: Element | null;
}

/**
 * The pages that were left, by their entries in the browser's history: whoever goes back finds one as it was, with all that was
 * loaded, at its place.
 */
export function createKeptPages() {
  history.scrollRestoration = 'manual';
  const kept = new Map<string, Kept>();
  return {
    /** Leaves a page: it is kept where it can be, else what it holds is released. */
    leave(entry: string, page: Page): void {
      if (!page.pause) {
        page.leave?.();
        return;
      }
      page.pause();
      kept.set(entry, { page, scroll: scrollY, focus: document.activeElement });
      if (kept.size <= MOST) return;
      const [oldest, dropped] = kept.entries().next().value!;
      kept.delete(oldest);
      dropped.page.leave?.();
    },
    /** The page of an entry, if it is kept; it is no more afterwards. */
    take(entry: string): Kept | null {
      const found = kept.get(entry) ?? null;
      kept.delete(entry);
      return found;
    },
    /** Drops all: what they show may not hold any more. */
    clear(): void {
      for (const { page } of kept.values()) page.leave?.();
      kept.clear();
    },
  };
}
