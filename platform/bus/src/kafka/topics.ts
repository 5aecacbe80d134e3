import type { Admin, KafkaJSAggregateError } from 'kafkajs';
import { untilSettled } from './transient.ts';

/** Creates topics that do not exist yet. */
export interface KafkaTopics {
  /** Resolves once all of `names` exist and their partitions have leaders. */
  ensure(names: Iterable<string>): Promise<void>;
  /** Looks again at the next {@link ensure}: someone may have deleted a topic. */
  forget(): void;
}

export function createKafkaTopics(
  admin: Admin,
  options: { partitions: number; replicationFactor: number },
): KafkaTopics {
  let known = new Set<string>();
  return {
    async ensure(names) {
      const wanted = [...new Set(names)];
      if (wanted.every((name) => known.has(name))) return;
      const existing = new Set(await admin.listTopics());
      const missing = wanted.filter((name) => !existing.has(name));
      try {
        if (missing.length > 0)
          await admin.createTopics({
            waitForLeaders: false,
            topics: missing.map((topic) => ({
              topic,
              numPartitions: options.partitions,
              replicationFactor: options.replicationFactor,
            })),
          });
      } catch (error) {
        // Another process may have been faster.
        if (!allExist(error)) throw error;
      }
      // Also for those that exist: another process may have created them a moment ago.
      await leadersElected(admin, wanted);
      known = existing;
      for (const name of missing) known.add(name);
    },
    forget() {
      known.clear();
    },
  };
}

/** Resolves once every partition of the topics has a leader. */
async function leadersElected(admin: Admin, topics: string[]): Promise<void> {
  await untilSettled(async () => {
    const metadata = await admin.fetchTopicMetadata({ topics });
    const electing = metadata.topics.find(({ partitions }) => partitions.some(({ leader }) => leader < 0));
    if (electing)
      throw Object.assign(new Error(`${electing.name} has partitions without a leader`), { retriable: true });
  });
}

function allExist(error: unknown): boolean {
  const causes: readonly unknown[] = (error as Partial<KafkaJSAggregateError>).errors ?? [error];
  return causes.every((cause) => (cause as { type?: string }).type === 'TOPIC_ALREADY_EXISTS');
}
