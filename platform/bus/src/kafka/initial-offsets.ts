import type { Logger } from '@giggityflix/kernel';
import type { Admin, Consumer } from 'kafkajs';
import { untilSettled } from './transient.ts';

/**
 * Where partitions of topics are to begin although the group's committed offset was `seen` (`-1` for none). A
 * partition whose committed offset has changed since is left alone.
 */
export type Beginnings = Map<string, Map<number, { seen: string; offset: string }>>;

export interface InitialOffsets {
  /** Called for every assignment. */
  assigned(assignment: Readonly<Record<string, readonly number[]>>): void;
  /** Resolves once the assigned partitions begin where they should; rejects when that could not be arranged. */
  settled(): Promise<void>;
}

/** Moves a group to its beginnings as its partitions are assigned to `consumer`. */
export function createInitialOffsets(options: {
  groupId: string;
  beginnings: Beginnings;
  admin: Admin;
  consumer: Consumer;
  logger: Logger;
}): InitialOffsets {
  const { groupId, beginnings, admin, consumer, logger } = options;
  let work: Promise<void> = Promise.resolve();

  const fix = async (assignment: Readonly<Record<string, readonly number[]>>) => {
    const topics = Object.keys(assignment).filter((topic) => beginnings.get(topic)?.size);
    if (topics.length === 0) return;
    const committed = await committedOffsets(admin, groupId, topics);
    const offsets = topics.flatMap((topic) =>
      (assignment[topic] ?? []).flatMap((partition) => {
        const beginning = beginnings.get(topic)?.get(partition);
        const current = beginning && committed.get(topic)?.get(partition) === beginning.seen;
        return current ? [{ topic, partition, offset: beginning.offset }] : [];
      }),
    );
    for (const offset of offsets) consumer.seek(offset);
    if (offsets.length > 0) await consumer.commitOffsets(offsets);
    for (const topic of topics)
      for (const partition of assignment[topic] ?? []) beginnings.get(topic)?.delete(partition);
  };

  return {
    assigned(assignment) {
      work = work.catch(() => {}).then(() => fix(assignment));
      work.catch((error: unknown) =>
        logger.warn({ err: error, groupId }, 'cannot set the initial offsets yet'),
      );
    },
    settled: () => work,
  };
}

/**
 * Decides where a group that never committed begins: at the present end of the topics. Kafka decides `latest` at the
 * first fetch of each member, and again for as long as nothing was committed, so that records published meanwhile
 * would be lost.
 */
export async function fromTheEnd(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
): Promise<Beginnings> {
  const beginnings: Beginnings = new Map();
  for (const [topic, committed] of await committedOffsets(admin, groupId, topics)) {
    const ends = await untilSettled(() => admin.fetchTopicOffsets(topic));
    const unset = ends.filter(({ partition }) => committed.get(partition) === NOTHING);
    beginnings.set(
      topic,
      new Map(unset.map(({ partition, high }) => [partition, { seen: NOTHING, offset: high }])),
    );
  }
  return beginnings;
}

/** What Kafka says of a partition a group never committed. */
export const NOTHING = '-1';

/** The group's offset of every partition of each topic. */
export async function committedOffsets(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
): Promise<Map<string, Map<number, string>>> {
  const offsets = await untilSettled(() => admin.fetchOffsets({ groupId, topics: [...topics] }));
  return new Map(
    offsets.map(({ topic, partitions }) => [
      topic,
      new Map(partitions.map(({ partition, offset }) => [partition, offset])),
    ]),
  );
}
