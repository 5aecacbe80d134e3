import type { Logger } from '@giggityflix/kernel';
import type { Admin, EachBatchPayload, Kafka, Consumer as KafkaConsumer } from 'kafkajs';
import type { ConsumeOptions } from '../bus.ts';
import { pause } from '../delivery.ts';
import { HEARTBEATS_PER_SESSION, impatiently } from './client.ts';
import { type Beginnings, createInitialOffsets, fromTheEnd } from './initial-offsets.ts';
import { takeSeat } from './seats.ts';

/** How long members may take to come back when the group is shared out anew. */
const REBALANCE_TIMEOUT_MS = 20_000;
/** The broker answers a fetch after so long when there is nothing new. */
const MAX_FETCH_WAIT_MS = 500;
/** How long after a consumer was given up the next one is tried. */
const REENTER_MS = 1_000;

/** A place in a group that outlives the kafkajs consumers which fill it. */
export interface Membership {
  /** Resolves once the group would hand records to us; rejects when it does not let us in. */
  enter(): Promise<void>;
  /** The consumer that fills it now. @throws Error before `enter`. */
  consumer(): KafkaConsumer;
  leave(): Promise<void>;
}

interface MembershipDeps {
  kafka: Kafka;
  admin: Admin;
  sessionTimeoutMs: number;
  logger: Logger;
  batch(payload: EachBatchPayload): Promise<void>;
  /** Told which partitions of each topic are ours from now on. */
  assigned(assignment: Readonly<Record<string, readonly number[]>>): void;
  /** Told that another consumer takes over, which has nothing paused. */
  renewed(): void;
}

/**
 * Stays in a group. kafkajs mends most failures by itself and gives up on some for good, without a word
 * but an event; a new consumer then takes the place. That of an exclusive group is renewed after every failure, as
 * it need not wait in another seat for the broker to give up on the one before.
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
    const givenUp = new Promise<never>((_, reject) => {
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
      await Promise.race([run(), givenUp]);
    } catch (error) {
      await impatiently(consumer.disconnect(), 'leaving the group').catch(() => {});
      throw error;
    }
    // Whoever left meanwhile had no consumer yet to disconnect.
    if (stopping.signal.aborted) await consumer.disconnect();
    givenUp.catch((error: unknown) => {
      renewing = renew(error);
    });
  };

  const renew = async (error: unknown): Promise<void> => {
    for (let cause = error; !stopping.signal.aborted; ) {
      logger.warn(
        { err: cause, groupId: options.groupId },
        'a consumer was given up, entering the group anew',
      );
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

/** The Kafka group to join, and where it does not begin where Kafka would begin it. */
async function begin(
  { groupId, exclusive, from = 'latest' }: ConsumeOptions,
  topics: readonly string[],
  admin: Admin,
): Promise<{ groupId: string; beginnings: Beginnings }> {
  if (exclusive) return takeSeat(admin, { groupId, topics, from });
  return { groupId, beginnings: from === 'earliest' ? new Map() : await fromTheEnd(admin, groupId, topics) };
}
