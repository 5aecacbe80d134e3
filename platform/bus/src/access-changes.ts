import { type Logger, READY, type Service } from '@giggityflix/kernel';
import { type Bus, type Consumer, on } from './bus.ts';
import type { IdentityAccessChanged } from './topics/access.ts';
import type { Topic } from './topics/topic.ts';

/** How far back a process that starts reads, in milliseconds: for so long tokens that were taken back are remembered. */
const READ_BACK_MS = 3_600_000;
const RETRY_MS = 2_000;
/** How long a start waits for the bus, in milliseconds. */
const PATIENCE_MS = 5_000;

/** What `createRevocations` of the package http makes. */
export interface RevocationList {
  add(revocation: { accountId: string; deviceId: string | null; tokensBefore: number }): void;
}

/**
 * Hears of every change of access, and of those of the last hour when it starts. While the bus cannot be reached it tries
 * again, and its process serves meanwhile: tokens taken back are then accepted until they expire.
 */
export function followAccessChanges(options: {
  bus: Bus;
  /** Whether to start and stop the bus, too. */
  ownsBus?: boolean;
  topic: Topic<IdentityAccessChanged>;
  revocations: RevocationList;
  logger: Logger;
}): Service {
  const { bus, ownsBus = false, topic, revocations, logger } = options;
  const onChange = ({ account_id, device_id, tokens_before }: IdentityAccessChanged) =>
    revocations.add({ accountId: account_id, deviceId: device_id, tokensBefore: tokens_before });
  let consumer: Consumer | null = null;
  let timer: NodeJS.Timeout | undefined;
  let attempt: Promise<void> = Promise.resolve();
  let isBusStarted = !ownsBus;
  let isStopped = true;
  let hasWarned = false;
  /** Why they are not followed yet. */
  let problem = '';

  const follow = async (since: number) => {
    try {
      if (!isBusStarted) await bus.start();
      isBusStarted = true;
      if (isStopped) return;
      consumer = await bus.broadcast({ since, routes: [on(topic, ({ value }) => onChange(value))] });
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
      if (!hasWarned)
        logger.warn({ err: error, topic: topic.name }, 'cannot follow changes of access yet; trying again');
      hasWarned = true;
      if (isStopped) return;
      timer = setTimeout(() => {
        attempt = follow(since);
      }, RETRY_MS).unref();
    }
  };
  return {
    async start() {
      isStopped = false;
      attempt = follow(Date.now() - READ_BACK_MS);
      let patience: NodeJS.Timeout | undefined;
      await Promise.race([
        attempt,
        new Promise<void>((resolve) => {
          patience = setTimeout(resolve, PATIENCE_MS);
        }),
      ]);
      clearTimeout(patience);
    },
    async stop() {
      if (isStopped) return;
      isStopped = true;
      clearTimeout(timer);
      await attempt;
      await consumer?.stop();
      consumer = null;
      if (ownsBus) await bus.stop();
    },
    ready: () =>
      consumer ? READY : { ready: true, unavailable: [`changes of access${problem && ` (${problem})`}`] },
  };
}
