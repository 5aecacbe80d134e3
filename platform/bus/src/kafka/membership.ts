import type { Logger } from '@giggityflix/kernel';
import type { Admin, EachBatchPayload, Kafka, Consumer as KafkaConsumer } from 'kafkajs';
import type { ConsumeOptions } from '../bus.ts';
import { heartbeatIntervalMs } from './client.ts';
import type { Consumption } from './consumption.ts';
import { chooseExclusiveGroup } from './exclusive-group.ts';
import { type Beginnings, createInitialOffsets, fromTheEnd, type InitialOffsets } from './initial-offsets.ts';
import { type Supervised, superviseConsumer } from './supervisor.ts';

/**
 * How long members may take to join again in a rebalance, unless the session timeout is longer. The broker waits so long for
 * one that was killed while it joined; one that is alive joins with its next heartbeat, as no handler holds it up.
 */
const REBALANCE_TIMEOUT_MS = 10_000;
/** The broker answers a fetch after so long when there is nothing new. */
const MAX_FETCH_WAIT_MS = 500;

interface MembershipDeps {
  kafka: Kafka;
  admin: Admin;
  sessionTimeoutMs: number;
  logger: Logger;
  consumption: Consumption;
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
 * Membership in a group. A consumer of an exclusive group is replaced after every failure: the next one joins another
 * group, where it need not wait until the broker considers its predecessor lost.
 */
export function createMembership(
  options: ConsumeOptions,
  topics: readonly string[],
  deps: MembershipDeps,
): Supervised {
  const { logger } = deps;
  const beginningsOf = new WeakMap<KafkaConsumer, InitialOffsets>();
  const supervised = superviseConsumer({
    name: options.groupId,
    logger,
    renewed: deps.renewed,
    state: deps.consumption.add(options.groupId),

    async create(stopping) {
      const { groupId, beginnings } = await begin(options, topics, deps.admin);
      const consumer = deps.kafka.consumer({
        groupId,
        sessionTimeout: deps.sessionTimeoutMs,
        heartbeatInterval: heartbeatIntervalMs(deps.sessionTimeoutMs),
        rebalanceTimeout: Math.max(deps.sessionTimeoutMs, REBALANCE_TIMEOUT_MS),
        maxWaitTimeInMs: MAX_FETCH_WAIT_MS,
        allowAutoTopicCreation: false,
        retry: { restartOnFailure: async () => !stopping.aborted && !options.exclusive },
      });
      const initial = createInitialOffsets({ groupId, beginnings, admin: deps.admin, consumer, logger });
      beginningsOf.set(consumer, initial);
      const isCurrent = () => supervised.consumer() === consumer;
      consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
        if (!isCurrent()) return;
        const assignment = payload.memberAssignment as Record<string, number[]>;
        deps.assigned(assignment);
        initial.assigned(assignment);
      });
      consumer.on(consumer.events.FETCH, () => {
        if (isCurrent()) deps.fetched();
      });
      consumer.on(consumer.events.HEARTBEAT, () => {
        if (isCurrent()) deps.known();
      });
      return consumer;
    },

    async run(consumer) {
      const initial = beginningsOf.get(consumer) as InitialOffsets;
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: options.from === 'earliest' });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        async eachBatch(payload) {
          await initial.settled();
          if (supervised.consumer() === consumer) await deps.batch(payload);
        },
      });
      await initial.settled();
    },
  });
  return supervised;
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
