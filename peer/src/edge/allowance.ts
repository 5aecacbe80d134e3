import { fullBucket, refill } from '@giggityflix/kernel';
import { ANNOUNCEMENT_COST, DESCRIPTION_COST, PICTURE_COST, type Quotas } from '@giggityflix/proto';
import type { OutboxEntry } from './outbox.ts';

/** The share of a rate that announcements leave to signals of viewers and to answers. */
const LEFT_TO_OTHERS = 0.2;

const COSTS: Partial<Record<OutboxEntry['message']['$case'], number>> = {
  mediaDescription: DESCRIPTION_COST,
  artwork: PICTURE_COST,
};

/** What the edge takes of announcements, by the quotas it named; everything where it named none. */
export function createAllowance(quotas: Quotas | undefined, now: () => number = () => performance.now()) {
  const messages = createDebt(quotas?.messagesPerSecond ?? 0, quotas?.messagesBurst ?? 0, now);
  const files = createDebt(quotas?.filesPerSecond ?? 0, quotas?.filesBurst ?? 0, now);
  return {
    /** Milliseconds until the next message may be sent; 0 for now. */
    waitMs: (): number => Math.max(messages.waitMs(), files.waitMs()),
    spend(message: OutboxEntry['message']): void {
      if (message.$case === 'catalogUpdate') {
        messages.spend(ANNOUNCEMENT_COST);
        const { catalogIds, removedCatalogIds, superseded } = message.value;
        files.spend(catalogIds.length + removedCatalogIds.length + (superseded?.catalogIds.length ?? 0));
      } else messages.spend(COSTS[message.$case] ?? 1);
    },
  };
}

export type Allowance = ReturnType<typeof createAllowance>;

/** A token bucket that any message may overdraw, and that the next one waits for. */
function createDebt(perSecond: number, burst: number, now: () => number) {
  if (perSecond === 0) return { waitMs: () => 0, spend() {} };
  const left = 1 - LEFT_TO_OTHERS;
  const rate = { perSecond: perSecond * left, burst: burst * left };
  const bucket = fullBucket(rate, now());
  return {
    waitMs(): number {
      const tokens = refill(bucket, rate, now());
      return tokens >= 0 ? 0 : Math.ceil((-tokens / rate.perSecond) * 1_000);
    },
    spend(cost: number): void {
      bucket.tokens = refill(bucket, rate, now()) - cost;
    },
  };
}
