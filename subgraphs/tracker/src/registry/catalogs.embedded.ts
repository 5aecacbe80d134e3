import { MAX_PROMPT_CHANGES } from '../availability/allowance.ts';
import { EARLY_ADD, EARLY_REMOVE, type Holder, type Holdings } from './holdings.embedded.ts';
import type { PeerRow } from './queries.embedded.ts';
import type { CatalogUpdate, ConnectionEstablished } from './registry.ts';
import { inSteps, STEP_SIZE } from './turns.ts';

/** One step of an update; the last one makes it known as applied. */
export interface CatalogStep {
  isLast: boolean;
  /** Called only inside a transaction; may be repeated. */
  apply(peer: Holder, row: PeerRow): void;
}

/** What updates do to the catalogs of peers. */
export function createCatalogs(holdings: Holdings) {
  const applyDelta = (
    peer: Holder,
    row: PeerRow,
    { added, removed }: { added: readonly string[]; removed: readonly string[] },
  ) => {
    holdings.change(peer, added, removed);
    if (row.established || row.announced_in_full) return;
    holdings.unstage(peer.peerId, EARLY_REMOVE, added);
    holdings.stage(peer.peerId, EARLY_ADD, added);
    holdings.unstage(peer.peerId, EARLY_ADD, removed);
    holdings.stage(peer.peerId, EARLY_REMOVE, removed);
  };

  const deltaSteps = (update: CatalogUpdate): CatalogStep[] => {
    const added = new Set(update.catalogIds);
    const removed = new Set(update.removedCatalogIds.filter((id) => !added.has(id)));
    const all = [...added];
    const isPart = added.size + removed.size > MAX_PROMPT_CHANGES;
    // Sorted, so that a step writes to few pages of the database.
    return inSteps([...removed, ...added].sort()).map((part, index, parts) => ({
      isLast: index === parts.length - 1,
      apply(peer, row) {
        if (index === 0) holdings.expectRoom(peer.peerId, all, removed);
        applyDelta({ ...peer, isPart }, row, {
          added: part.filter((id) => added.has(id)),
          removed: part.filter((id) => removed.has(id)),
        });
      },
    }));
  };

  const stageSteps = ({ peerId, catalogIds }: CatalogUpdate, stage: string, isAll: boolean): CatalogStep[] =>
    inSteps([...catalogIds].sort()).map((part, index, parts) => ({
      isLast: isAll && index === parts.length - 1,
      apply: () => holdings.stage(peerId, stage, part),
    }));

  return {
    /** A connection begins with a catalog. */
    begin(peer: Holder, event: ConnectionEstablished): void {
      // Deltas of this connection that overtook it on another topic are newer than the catalog it began with.
      const added = holdings.staged(event.peerId, EARLY_ADD);
      const removed = new Set(holdings.staged(event.peerId, EARLY_REMOVE));
      const catalogIds = [...event.catalogIds, ...added].filter((id) => !removed.has(id));
      holdings.replace(peer, new Set(catalogIds));
    },

    /** The steps that apply an update; each is to be applied before the next is asked for. */
    *steps(update: CatalogUpdate): Generator<CatalogStep> {
      if (!update.isFull) {
        yield* deltaSteps(update);
        return;
      }
      const { peerId, catalogIds } = update;
      const stage = `full:${update.updateId}`;
      if (!update.final) {
        yield* stageSteps(update, stage, true);
        return;
      }
      if (catalogIds.length + holdings.size(peerId) + holdings.stagedSize(peerId, stage) <= STEP_SIZE) {
        yield {
          isLast: true,
          apply(peer) {
            holdings.replace(peer, new Set([...holdings.staged(peerId, stage), ...catalogIds]));
            holdings.unstage(peerId, stage);
          },
        };
        return;
      }
      yield* stageSteps(update, stage, false);
      const isPart = holdings.stagedSize(peerId, stage) > MAX_PROMPT_CHANGES;
      for (const differences of [holdings.surplus, holdings.missing]) {
        for (let after: string | undefined = ''; after !== undefined; ) {
          const ids: string[] = differences(peerId, stage, after, STEP_SIZE);
          after = ids.length === STEP_SIZE ? ids.at(-1) : undefined;
          yield {
            isLast: false,
            apply(peer) {
              const holder = { ...peer, isPart };
              if (differences === holdings.missing) holdings.change(holder, ids, []);
              else holdings.change(holder, [], ids);
            },
          };
        }
      }
      // By now they are the same.
      yield { isLast: true, apply: () => holdings.unstage(peerId, stage) };
    },
  };
}
