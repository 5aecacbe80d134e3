import type { Admin, Consumer } from 'kafkajs';
import type { Logger } from '../logger.ts';
import { untilSettled } from './kafka-transient.ts';

export interface InitialOffsets {
  /** Told of every assignment. */
  assigned(assignment: Readonly<Record<string, readonly number[]>>): void;
  /** Resolves once the assigned partitions have a committed offset or the topic is not in question. */
  settled(): Promise<void>;
}

/**
 * Fixes where a group that never committed begins: at the end of the topics as it was when `consume` was
 * called. Left to Kafka, `latest` is decided at the first fetch of each member, and decided anew for as long
 * as nothing was committed, so that records published meanwhile would be lost.
 */
export async function createInitialOffsets(options: {
  groupId: string;
  topics: readonly string[];
  admin: Admin;
  consumer: Consumer;
  logger: Logger;
}): Promise<InitialOffsets> {
  const { groupId, admin, consumer, logger } = options;
  const ends = new Map<string, Map<number, string>>();
  if (options.topics.length > 0) {
    for (const [topic, unset] of await uncommitted(admin, groupId, options.topics)) {
      const offsets = await untilSettled(() => admin.fetchTopicOffsets(topic));
      ends.set(
        topic,
        new Map(offsets.filter((o) => unset.has(o.partition)).map((o) => [o.partition, o.high])),
      );
    }
  }
  let work: Promise<void> = Promise.resolve();

  const fix = async (assignment: Readonly<Record<string, readonly number[]>>) => {
    const topics = Object.keys(assignment).filter((topic) => ends.has(topic));
    if (topics.length === 0) return;
    const unset = await uncommitted(admin, groupId, topics);
    const offsets = topics.flatMap((topic) =>
      (assignment[topic] ?? []).flatMap((partition) => {
        const offset = ends.get(topic)?.get(partition);
        return offset !== undefined && unset.get(topic)?.has(partition) ? [{ topic, partition, offset }] : [];
      }),
    );
    for (const offset of offsets) consumer.seek(offset);
    if (offsets.length > 0) await consumer.commitOffsets(offsets);
    for (const topic of topics)
      for (const partition of assignment[topic] ?? []) ends.get(topic)?.delete(partition);
  };

  return {
    assigned(assignment) {
      work = work.then(() =>
        fix(assignment).catch((error: unknown) => {
          logger.warn({ err: error, groupId }, 'cannot fix the initial offsets yet');
        }),
      );
    },
    settled: () => work,
  };
}

/** The partitions of each topic for which the group has no offset. */
async function uncommitted(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
): Promise<Map<string, Set<number>>> {
  const offsets = await untilSettled(() => admin.fetchOffsets({ groupId, topics: [...topics] }));
  return new Map(
    offsets.map(({ topic, partitions }) => [
      topic,
      new Set(partitions.filter(({ offset }) => offset === '-1').map(({ partition }) => partition)),
    ]),
  );
}
