import { type Bus, type Consumer, type IdentityAccessChanged, on, type Topic } from '@giggityflix/bus';
import type { AccessChecks } from '@giggityflix/http/access';
import { type Logger, notReady, READY, type RetryPolicy, type Service } from '@giggityflix/kernel';
import type { Session } from '../sessions/session.ts';
import type { Playback } from './playback.ts';

/** How far clocks of identity and of the state store may be apart, in milliseconds. */
const CLOCK_TOLERANCE_MS = 5_000;
/** A state store that is unavailable is waited for, about a quarter of an hour. */
const RETRY: RetryPolicy = { maxRetries: 100, initialDelayMs: 100, maxDelayMs: 10_000, jitterFactor: 0.2 };

/** Ends running sessions of those whose access was taken back. Any number of processes share the work. */
export function createAccessEndings(deps: {
  bus: Bus;
  topic: Topic<IdentityAccessChanged>;
  groupId: string;
  playback: Pick<Playback, 'live' | 'act'>;
  checks: AccessChecks;
  logger: Logger;
}): Service {
  const { playback, checks, logger } = deps;
  let consumer: Consumer | null = null;

  const isOver = async (session: Session, change: IdentityAccessChanged): Promise<boolean> => {
    // Events may come twice: what was opened later, with newer tokens, goes on.
    if (session.startedAt >= change.tokens_before + CLOCK_TOLERANCE_MS) return false;
    if (change.device_id !== null && session.signInId !== change.device_id) return false;
    if (change.change !== 'limits_changed') return true;
    const limits = change.limits?.find(({ device_id }) => device_id === session.signInId);
    if (!limits) return true;
    const { libraries, rating_limit: ratingLimit } = limits;
    return !(await checks.allowed([session.catalogId], { libraries, ratingLimit })).has(session.catalogId);
  };
  const end = async (change: IdentityAccessChanged) => {
    for (const session of await playback.live(change.account_id)) {
      if (!(await isOver(session, change))) continue;
      await playback.act(session.id, null, 'terminate');
      logger.info(
        { sessionId: session.id, change: change.change },
        'ended a session whose access was taken back',
      );
    }
  };
  return {
    async start() {
      consumer = await deps.bus.consume({
        groupId: deps.groupId,
        from: 'earliest',
        retry: RETRY,
        routes: [on(deps.topic, ({ value }) => end(value))],
      });
    },
    async stop() {
      await consumer?.stop();
      consumer = null;
    },
    ready: () => (consumer ? READY : notReady('does not hear of changes of access yet')),
  };
}
