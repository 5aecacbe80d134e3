import type { PeerMessage } from '../grpc/wire.ts';
import { type BucketConfig, createBucket } from './bucket.ts';

/** What messages cost, and what one peer or one network may spend on them. */
export interface Cost {
  messages: number;
  /** Catalog ids announced or withdrawn. */
  files: number;
}

export type BudgetConfig = { readonly [K in keyof Cost]: BucketConfig };

/** A description or a picture is written to the catalog, which takes it as long as four other messages. */
export const STATEMENT_COST = 4;
/** An announcement changes the tracker's state. */
export const ANNOUNCEMENT_COST = 2;

const PLAIN: Cost = { messages: 1, files: 0 };
const STATEMENT: Cost = { messages: STATEMENT_COST, files: 0 };

export function costOf(message: PeerMessage): Cost {
  switch (message.$case) {
    case 'catalogUpdate': {
      const { catalogIds, removedCatalogIds } = message.value;
      return { messages: ANNOUNCEMENT_COST, files: catalogIds.length + removedCatalogIds.length };
    }
    case 'mediaDescription':
    case 'artwork':
      return STATEMENT;
    default:
      return PLAIN;
  }
}

export type Budget = ReturnType<typeof createBudget>;

export function createBudget(config: BudgetConfig, at: number) {
  const messages = createBucket(config.messages, at);
  const files = createBucket(config.files, at);
  return {
    affords: (cost: Cost, now: number): boolean =>
      messages.has(cost.messages, now) && files.has(cost.files, now),
    spend(cost: Cost, now: number): void {
      messages.take(cost.messages, now);
      files.take(cost.files, now);
    },
    msUntil: (cost: Cost, now: number): number =>
      Math.max(messages.msUntil(cost.messages, now), files.msUntil(cost.files, now)),
    used: (now: number): number => Math.max(messages.used(now), files.used(now)),
  };
}
