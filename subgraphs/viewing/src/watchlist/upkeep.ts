import { type Bus, type Consumer, type IdentityAccessChanged, on, type Topic } from '@giggityflix/bus';
import { type Logger, notReady, READY, type RetryPolicy, type Service } from '@giggityflix/kernel';
import type { Watchlist } from './watchlist.ts';

/** How far clocks of identity and of this service may be apart, in milliseconds. */
const CLOCK_TOLERANCE_MS = 5_000;
/** A database that is unavailable is waited for, about a quarter of an hour. */
const RETRY: RetryPolicy = { maxRetries: 100, initialDelayMs: 100, maxDelayMs: 10_000, jitterFactor: 0.2 };

/**
 * Forgets the watchlists of profiles that were deleted, which would take of what their accounts may keep. An event that comes
 * late or twice says nothing of profiles made since, and so takes nothing that was kept since. Any number of processes share the
 * work.
 */
export function createWatchlistUpkeep(deps: {
  bus: Bus;
  topic: Topic<IdentityAccessChanged>;
  groupId: string;
  watchlist: Pick<Watchlist, 'forgetOthers'>;
  logger: Logger;
}): Service {
  const { watchlist, logger } = deps;
  let consumer: Consumer | null = null;

  const forget = async ({ account_id: userId, profile_ids, tokens_before }: IdentityAccessChanged) => {
    if (!profile_ids) return;
    const before = new Date(tokens_before - CLOCK_TOLERANCE_MS);
    const count = await watchlist.forgetOthers(userId, profile_ids, before);
    if (count > 0) logger.info({ userId, files: count }, 'forgot watchlists of profiles that were deleted');
  };
  return {
    async start() {
      consumer = await deps.bus.consume({
        groupId: deps.groupId,
        routes: [on(deps.topic, ({ value }) => forget(value))],
        from: 'earliest',
        retry: RETRY,
      });
    },
    async stop() {
      await consumer?.stop();
      consumer = null;
    },
    ready: () => (consumer ? READY : notReady('not consuming changes of access yet')),
  };
}
