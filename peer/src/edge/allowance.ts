import type { Quotas } from '@giggityflix/proto';
import type { OutboxEntry } from './outbox.ts';

/** The share of a rate that announcements leave to signals of viewers and to answers. */
const LEFT_TO_OTHERS = 0.2;
/** What messages count as, in the words of the protocol. */
const ANNOUNCEMENT_COST = 2;
const STATEMENT_COST = 4;

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
        files.spend(message.value.catalogIds.length + message.value.removedCatalogIds.length);
      } else messages.spend(STATEMENT_COST);
    },
  };
}

export type Allowance = ReturnType<typeof createAllowance>;

/** A token bucket that any message may overdraw, and that the next one waits for. */
function createDebt(perSecond: number, burst: number, now: () => number) {
  if (perSecond === 0) return { waitMs: () => 0, spend() {} };
  const rate = (perSecond * (1 - LEFT_TO_OTHERS)) / 1_000;
  const most = burst * (1 - LEFT_TO_OTHERS);
  let tokens = most;
  let at = now();
  const refill = () => {
    const time = now();
    tokens = Math.min(most, tokens + (time - at) * rate);
    at = time;
  };
  return {
    waitMs(): number {
      refill();
      return tokens >= 0 ? 0 : Math.ceil(-tokens / rate);
    },
    spend(cost: number): void {
      refill();
      tokens -= cost;
    },
  };
}
