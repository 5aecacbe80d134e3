import { ANNOUNCEMENT_COST, DESCRIPTION_COST, PICTURE_COST } from '@giggityflix/proto';
import type { PeerMessage } from '../grpc/wire.ts';
import { type BucketConfig, createBucket } from './bucket.ts';

/** What messages cost, and what one peer or one network may spend on them. */
export interface Cost {
  messages: number;
  /** Catalog ids announced or withdrawn. */
  files: number;
}

export type BudgetConfig = { readonly [K in keyof Cost]: BucketConfig };

/** How long a flood is remembered: buckets alone are full again at once where many share the rate of their network. */
const HALF_LIFE_MS = 60_000;

const PLAIN: Cost = { messages: 1, files: 0 };
const DESCRIPTION: Cost = { messages: DESCRIPTION_COST, files: 0 };
const PICTURE: Cost = { messages: PICTURE_COST, files: 0 };

export function costOf(message: PeerMessage): Cost {
  switch (message.$case) {
    case 'catalogUpdate': {
      const { catalogIds, removedCatalogIds, superseded } = message.value;
      const files = catalogIds.length + removedCatalogIds.length + (superseded?.catalogIds.length ?? 0);
      return { messages: ANNOUNCEMENT_COST, files };
    }
    case 'mediaDescription':
      return DESCRIPTION;
    case 'artwork':
      return PICTURE;
    default:
      return PLAIN;
  }
}

export type Budget = ReturnType<typeof createBudget>;

export function createBudget(config: BudgetConfig, at: number) {
  const messages = createBucket(config.messages, at);
  const files = createBucket(config.files, at);
  let spent = 0;
  let spentAt = at;
  const spentUntil = (now: number) => spent * 0.5 ** ((now - spentAt) / HALF_LIFE_MS);
  const shareOf = (cost: number, { perSecond, burst }: BucketConfig) => (perSecond === 0 ? 0 : cost / burst);
  const inBursts = (cost: Cost) =>
    Math.max(shareOf(cost.messages, config.messages), shareOf(cost.files, config.files));
  return {
    affords: (cost: Cost, now: number): boolean =>
      messages.has(cost.messages, now) && files.has(cost.files, now),
    spend(cost: Cost, now: number): void {
      spent = spentUntil(now) + inBursts(cost);
      spentAt = now;
      messages.take(cost.messages, now);
      files.take(cost.files, now);
    },
    msUntil: (cost: Cost, now: number): number =>
      Math.max(messages.msUntil(cost.messages, now), files.msUntil(cost.files, now)),
    /** How much it has spent lately with this, in bursts: what was spent counts half after {@link HALF_LIFE_MS}. */
    spentWith: (cost: Cost, now: number): number => spentUntil(now) + inBursts(cost),
  };
}
