/** What a visitor keeps, has watched and watches on, of a fake gateway with one film. */
export function createFakeLists(options: { catalogId: string; progressSeconds: number | undefined }) {
  const { catalogId, progressSeconds } = options;
  const started =
    progressSeconds === undefined ? null : { positionSeconds: progressSeconds, completed: false };
  let progress: { positionSeconds: number; completed: boolean } | null = started;
  let isHidden = false;
  let isAway = false;
  const kept = new Set<string>();
  const check = () => {
    if (isAway) throw new Error('the service is away');
  };
  return {
    kept,
    /** The service that has them does not answer any more. */
    fail() {
      isAway = true;
    },
    /** As a resolver, as it fails by itself. */
    fields: {
      progress() {
        check();
        return progress;
      },
      isInWatchlist() {
        check();
        return kept.has(catalogId);
      },
    },
    progress: () => progress,
    rootOf: (media: () => object) => ({
      continueWatching: () =>
        started && !isHidden && progress && !progress.completed
          ? [{ catalogId, ...progress, file: media() }]
          : [],
      removeFromContinueWatching() {
        isHidden = true;
        return { progress: [] };
      },
      markWatched({ watched }: { watched: boolean }) {
        progress = watched ? { positionSeconds: 0, completed: true } : null;
        return { progress: [] };
      },
      watchlist: () => ({
        pageInfo: { hasNextPage: false, endCursor: null },
        edges: [...kept].map((id) => ({
          cursor: id,
          // The catalog does not know all that was kept.
          node: { catalogId: id, file: id === catalogId ? media() : { catalogId: id } },
        })),
      }),
      addToWatchlist({ catalogId: id }: { catalogId: string }) {
        kept.add(id);
        return { keptCatalogIds: [id] };
      },
      removeFromWatchlist({ catalogIds }: { catalogIds: string[] }) {
        for (const id of catalogIds) kept.delete(id);
        return { keptCatalogIds: [] };
      },
    }),
  };
}
