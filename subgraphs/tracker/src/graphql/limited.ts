import type { AccessLimits } from '@giggityflix/http';
import type { AccessChecks } from '@giggityflix/http/access';

/** Which files someone who is limited sees; what they do not see is for them as if no peer had it. */
export interface LimitedView {
  sees(catalogId: string): Promise<boolean>;
  /** Counts peers, of files that are not seen none. */
  countPeers(catalogIds: readonly string[]): Promise<number[]>;
}

export function createLimitedView(
  limits: AccessLimits,
  deps: { checks: AccessChecks; countPeers: (catalogIds: readonly string[]) => Promise<number[]> },
): LimitedView {
  const { checks, countPeers } = deps;
  return {
    sees: async (catalogId) => (await checks.allowed([catalogId], limits)).has(catalogId),
    async countPeers(catalogIds) {
      const [allowed, counts] = await Promise.all([
        checks.allowed(catalogIds, limits),
        countPeers(catalogIds),
      ]);
      return catalogIds.map((id, index) => (allowed.has(id) ? (counts[index] ?? 0) : 0));
    },
  };
}

/** The events that are of files that are seen, in their order; all of them without a view. */
export function seenEvents<Event extends { catalogId: string }>(
  view: LimitedView | null,
  events: AsyncIterableIterator<Event>,
): AsyncIterableIterator<Event> {
  if (view === null) return events;
  const seen: AsyncIterableIterator<Event> = {
    async next() {
      for (;;) {
        const event = await events.next();
        if (event.done || (await view.sees(event.value.catalogId))) return event;
      }
    },
    return: (value) => events.return?.(value) ?? Promise.resolve({ done: true, value: undefined }),
    [Symbol.asyncIterator]: () => seen,
  };
  return seen;
}
