import type { History, WatchProgress } from '../history/history.ts';

/** Reads the progress of all titles of a request in one query per profile. */
export interface ProgressLoader {
  /** The latest progress among a title's files; null when there is none. */
  load(profileId: string | null, catalogIds: readonly string[]): Promise<WatchProgress | null>;
}

export function createProgressLoader(history: History, userId: string): ProgressLoader {
  const batches = new Map<string | null, { ids: Set<string>; result: Promise<Map<string, WatchProgress>> }>();
  const batchFor = (profileId: string | null) => {
    const open = batches.get(profileId);
    if (open) return open;
    const ids = new Set<string>();
    const result = new Promise<void>((resolve) => setImmediate(resolve)).then(async () => {
      batches.delete(profileId);
      const found = await history.progress({ userId, profileId, catalogIds: [...ids] });
      return newestPerId(found);
    });
    const batch = { ids, result };
    batches.set(profileId, batch);
    return batch;
  };
  return {
    async load(profileId, catalogIds) {
      if (catalogIds.length === 0) return null;
      const batch = batchFor(profileId);
      for (const id of catalogIds) batch.ids.add(id);
      const found = await batch.result;
      let newest: WatchProgress | null = null;
      for (const id of catalogIds) {
        const candidate = found.get(id);
        if (candidate && (!newest || candidate.updatedAt > newest.updatedAt)) newest = candidate;
      }
      return newest;
    },
  };
}

/** Without a profile an account may have several rows of one film: the newest counts. */
function newestPerId(found: readonly WatchProgress[]): Map<string, WatchProgress> {
  const newest = new Map<string, WatchProgress>();
  for (const progress of found) {
    const known = newest.get(progress.catalogId);
    if (!known || known.updatedAt < progress.updatedAt) newest.set(progress.catalogId, progress);
  }
  return newest;
}
