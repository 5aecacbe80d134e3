import type { AccessChange, Bus, IdentityAccessChanged, Topic } from '@giggityflix/bus';
import { type Logger, READY, type Service } from '@giggityflix/kernel';
import { v7 as uuidv7 } from 'uuid';
import type { PendingChange, PendingChanges } from './pending.ts';

/** Changes published in one call. */
const BATCH = 100;
/** How often to look for changes that another process noted, or could not publish, in milliseconds. */
const POLL_MS = 5_000;
const RETRY_MS = 500;
/** How long a change takes at most, in milliseconds. One that is not done by then was cut short by a crash. */
const CHANGE_MS = 30_000;

export interface AccessSubject {
  accountId: string;
  /** Null for all devices of the account. */
  deviceId: string | null;
}

/** Publishes what is taken back, so that it ends everywhere within seconds. */
export interface AccessEvents extends Service {
  /**
   * Does `work`, and publishes that it took access back, unless `isDone` says of its result that it did not. A crash or a
   * failure on the way loses no event: at worst one is published for work that was not done, and clients renew their tokens.
   */
  during<T>(
    subject: AccessSubject & { change: AccessChange },
    work: () => Promise<T>,
    isDone?: (result: T) => boolean,
  ): Promise<T>;
}

export function createAccessEvents(options: {
  pending: PendingChanges;
  bus: Bus;
  topic: Topic<IdentityAccessChanged>;
  /** Within which limits each of the devices is now, of all of an account where none is named. */
  limitsOf(subject: AccessSubject): Promise<NonNullable<IdentityAccessChanged['limits']>>;
  /** The ids of the profiles that an account has now; null where there is no such account. */
  profilesOf(accountId: string): Promise<string[] | null>;
  logger: Logger;
  clock?: () => number;
}): AccessEvents {
  const { pending, bus, topic, logger, clock = Date.now } = options;
  let poll: NodeJS.Timeout | undefined;
  let retry: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;
  let again = false;
  let isStopped = true;

  const asItIsNow = async (change: PendingChange) => {
    const limits = await options.limitsOf(change);
    const profileIds = change.deviceId === null ? await options.profilesOf(change.accountId) : null;
    return { limits, ...(profileIds && { profile_ids: profileIds }) };
  };
  const publishAll = async () => {
    const changes = (await pending.list(BATCH)).flatMap((change) => {
      const isCutShort = change.notedAt + CHANGE_MS < clock();
      const before = change.doneAt ?? (isCutShort ? clock() : null);
      return before === null ? [] : [{ change, before }];
    });
    if (changes.length === 0) return;
    const records = changes.map(async ({ change, before }) => ({
      topic,
      key: change.accountId,
      value: {
        ...toEvent(change, before, clock()),
        ...(change.change === 'limits_changed' && (await asItIsNow(change))),
      },
    }));
    await bus.publish(await Promise.all(records));
    for (const { change } of changes) await pending.remove(change.id);
    again ||= changes.length === BATCH;
  };
  const drain = async () => {
    try {
      do {
        again = false;
        await publishAll();
      } while (again);
    } catch (error) {
      logger.warn({ err: error }, 'changes of access could not be published; they are kept');
      if (!isStopped) retry = setTimeout(wake, RETRY_MS).unref();
    }
  };
  const wake = () => {
    if (isStopped) return;
    again = true;
    running ??= drain().finally(() => {
      running = null;
    });
  };

  return {
    async start() {
      isStopped = false;
      poll = setInterval(wake, POLL_MS).unref();
      wake();
    },
    async stop() {
      if (isStopped) return;
      isStopped = true;
      clearInterval(poll);
      clearTimeout(retry);
      await running;
      await drain();
    },
    ready: () => READY,
    async during(subject, work, isDone = () => true) {
      const { accountId, deviceId, change } = subject;
      const noted = { id: uuidv7(), accountId, deviceId, change, notedAt: clock() };
      await pending.note(noted);
      // Work that fails may be done in part.
      let isChanged = true;
      try {
        const result = await work();
        isChanged = isDone(result);
        return result;
      } finally {
        if (isChanged) await pending.done(noted, clock());
        else await pending.remove(noted.id);
        wake();
      }
    },
  };
}

function toEvent(change: PendingChange, tokensBefore: number, now: number): IdentityAccessChanged {
  return {
    event_id: change.id,
    account_id: change.accountId,
    device_id: change.deviceId,
    change: change.change,
    tokens_before: tokensBefore,
    timestamp: new Date(now).toISOString(),
  };
}
