import { fullBucket, type RefillRate, refill, type TokenBucket } from '@giggityflix/kernel';
import { ANNOUNCEMENT_COST, DESCRIPTION_COST, PICTURE_COST } from '@giggityflix/proto';
import type { PeerMessage } from '../grpc/wire.ts';

/** What messages cost, and what one peer or one network may spend on them. */
export interface Cost {
  messages: number;
  /** Catalog ids announced or withdrawn. */
  files: number;
}

/** A rate of 0 per second is no limit. */
export type BudgetConfig = { readonly [K in keyof Cost]: RefillRate };

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

/** What one peer or one network may still spend, and has spent. Every stream has one: it is data alone. */
export interface Budget {
  readonly messages: TokenBucket;
  readonly files: TokenBucket;
  /** In bursts, as of `spentAt`. */
  spent: number;
  spentAt: number;
}

/** The budgets of one kind. `now` is in milliseconds, and never decreases. */
export interface Budgets {
  /** One of which nothing has been spent. */
  create(now: number): Budget;
  /** Whether it has as much; what costs more than it can ever hold has to find it full. */
  affords(budget: Budget, cost: Cost, now: number): boolean;
  spend(budget: Budget, cost: Cost, now: number): void;
  /** Milliseconds until it can afford as much. */
  msUntil(budget: Budget, cost: Cost, now: number): number;
  /** How much it has spent lately with this, in bursts: what was spent counts half after {@link HALF_LIFE_MS}. */
  spentWith(budget: Budget, cost: Cost, now: number): number;
}

export function createBudgets(config: BudgetConfig): Budgets {
  const { messages, files } = config;
  const spentUntil = ({ spent, spentAt }: Budget, now: number) =>
    spent === 0 ? 0 : spent * 0.5 ** ((now - spentAt) / HALF_LIFE_MS);
  const inBursts = (cost: Cost) => Math.max(shareOf(cost.messages, messages), shareOf(cost.files, files));
  return {
    create: (now) => ({
      messages: fullBucket(messages, now),
      files: fullBucket(files, now),
      spent: 0,
      spentAt: now,
    }),
    affords: (budget, cost, now) =>
      has(budget.messages, messages, cost.messages, now) && has(budget.files, files, cost.files, now),
    spend(budget, cost, now) {
      budget.spent = spentUntil(budget, now) + inBursts(cost);
      budget.spentAt = now;
      take(budget.messages, messages, cost.messages, now);
      take(budget.files, files, cost.files, now);
    },
    msUntil: (budget, cost, now) =>
      Math.max(
        msUntil(budget.messages, messages, cost.messages, now),
        msUntil(budget.files, files, cost.files, now),
      ),
    spentWith: (budget, cost, now) => spentUntil(budget, now) + inBursts(cost),
  };
}

function has(bucket: TokenBucket, rate: RefillRate, cost: number, now: number): boolean {
  return rate.perSecond === 0 || refill(bucket, rate, now) >= Math.min(cost, rate.burst);
}

function take(bucket: TokenBucket, rate: RefillRate, cost: number, now: number): void {
  if (rate.perSecond > 0) bucket.tokens = Math.max(0, refill(bucket, rate, now) - cost);
}

function msUntil(bucket: TokenBucket, rate: RefillRate, cost: number, now: number): number {
  if (rate.perSecond === 0) return 0;
  const missing = Math.min(cost, rate.burst) - refill(bucket, rate, now);
  return Math.max(0, (missing / rate.perSecond) * 1_000);
}

function shareOf(cost: number, { perSecond, burst }: RefillRate): number {
  return perSecond === 0 ? 0 : cost / burst;
}
