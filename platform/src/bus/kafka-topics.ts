import type { Admin, KafkaJSAggregateError } from 'kafkajs';

/** Creates topics that do not exist yet. */
export interface KafkaTopics {
  /** Resolves once all of `names` exist. */
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
      known = new Set(await admin.listTopics());
      const missing = wanted.filter((name) => !known.has(name));
      if (missing.length === 0) return;
      try {
        await admin.createTopics({
          waitForLeaders: true,
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
      for (const name of missing) known.add(name);
    },
    forget() {
      known.clear();
    },
  };
}

function allExist(error: unknown): boolean {
  const causes: readonly unknown[] = (error as Partial<KafkaJSAggregateError>).errors ?? [error];
  return causes.every((cause) => (cause as { type?: string }).type === 'TOPIC_ALREADY_EXISTS');
}
