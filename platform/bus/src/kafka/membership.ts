import type { Logger } from '@giggityflix/kernel';
import type { Admin, EachBatchPayload, Kafka, Consumer as KafkaConsumer } from 'kafkajs';
import type { ConsumeOptions } from '../bus.ts';
import { pause } from '../pause.ts';
import { HEARTBEATS_PER_SESSION, withTimeout } from './client.ts';
import { chooseExclusiveGroup } from './exclusive-group.ts';
import { type Beginnings, createInitialOffsets, fromTheEnd } from './initial-offsets.ts';

/** How long members may take to join again in a rebalance. */
const REBALANCE_TIMEOUT_MS = 20_000;
/** The broker answers a fetch after so long when there is nothing new. */
const MAX_FETCH_WAIT_MS = 500;
/** How long after a consumer has failed the next one is started. */
const REENTER_MS = 1_000;

/** Membership in a group, which lasts longer than any one kafkajs consumer. */
export interface Membership {
  /** Resolves once this process would receive the group's records; rejects when it cannot join. */
  enter(): Promise<void>;
  /** The current consumer. @throws Error before `enter`. */
  consumer(): KafkaConsumer;
  leave(): Promise<void>;
}

interface MembershipDeps {
  kafka: Kafka;
  admin: Admin;
  sessionTimeoutMs: number;
  logger: Logger;
  batch(payload: EachBatchPayload): Promise<void>;
  /** Called with the partitions of each topic that are assigned to this process from now on. */
  assigned(assignment: Readonly<Record<string, readonly number[]>>): void;
  /** Called when a broker answered a fetch of the group, be it with nothing. */
  fetched(): void;
  /** Called when the group's coordinator knows this member. */
  known(): void;
  /** Called when a new consumer, which has nothing paused, replaces the current one. */
  renewed(): void;
}

/**
 * Stays in a group. kafkajs recovers from most failures by itself and stops at others, which it reports by an event
 * alone; a new consumer then replaces the stopped one. That of an exclusive group is replaced after every failure: it
 * joins another group, where it need not wait until the broker considers its predecessor lost.
 */
export function createMembership(
  options: ConsumeOptions,
  topics: readonly string[],
  deps: MembershipDeps,
): Membership {
  const { logger } = deps;
  const stopping = new AbortController();
  let current: KafkaConsumer | null = null;
  let renewing: Promise<void> = Promise.resolve();

  const enter = async (): Promise<void> => {
    const { groupId, beginnings } = await begin(options, topics, deps.admin);
    const consumer = deps.kafka.consumer({
      groupId,
      sessionTimeout: deps.sessionTimeoutMs,
      heartbeatInterval: deps.sessionTimeoutMs / HEARTBEATS_PER_SESSION,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      maxWaitTimeInMs: MAX_FETCH_WAIT_MS,
      allowAutoTopicCreation: false,
      retry: { restartOnFailure: async () => !stopping.signal.aborted && !options.exclusive },
    });
    const initial = createInitialOffsets({ groupId, beginnings, admin: deps.admin, consumer, logger });
    const failed = new Promise<never>((_, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        if (!payload.restart) reject(payload.error);
      });
    });
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      if (consumer !== current) return;
      const assignment = payload.memberAssignment as Record<string, number[]>;
      deps.assigned(assignment);
      initial.assigned(assignment);
    });
    consumer.on(consumer.events.FETCH, () => {
      if (consumer === current) deps.fetched();
    });
    consumer.on(consumer.events.HEARTBEAT, () => {
      if (consumer === current) deps.known();
    });
    const run = async () => {
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: options.from === 'earliest' });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        async eachBatch(payload) {
          await initial.settled();
          if (consumer === current) await deps.batch(payload);
        },
      });
      await initial.settled();
    };
    current = consumer;
    try {
      await Promise.race([run(), failed]);
    } catch (error) {
      await withTimeout(consumer.disconnect(), 'leaving the group').catch(() => {});
      throw error;
    }
    // `leave` had no consumer to disconnect if it was called meanwhile.
    if (stopping.signal.aborted) await consumer.disconnect();
    failed.catch((error: unknown) => {
      renewing = renew(error);
    });
  };

  const renew = async (error: unknown): Promise<void> => {
    for (let cause = error; !stopping.signal.aborted; ) {
      logger.warn({ err: cause, groupId: options.groupId }, 'a consumer failed, joining the group again');
      if (!(await pause(REENTER_MS, stopping.signal))) return;
      try {
        deps.renewed();
        return await enter();
      } catch (failure) {
        cause = failure;
      }
    }
  };

  return {
    enter,
    consumer() {
      if (!current) throw new Error(`${options.groupId} was not entered yet`);
      return current;
    },
    async leave() {
      stopping.abort();
      await current?.disconnect();
      await renewing;
    },
  };
}

/** The Kafka group to join, and the partitions that do not begin where Kafka would begin them. */
async function begin(
  { groupId, exclusive, from = 'latest' }: ConsumeOptions,
  topics: readonly string[],
  admin: Admin,
): Promise<{ groupId: string; beginnings: Beginnings }> {
  if (exclusive) return chooseExclusiveGroup(admin, { groupId, topics, from });
  return { groupId, beginnings: from === 'earliest' ? new Map() : await fromTheEnd(admin, groupId, topics) };
}
