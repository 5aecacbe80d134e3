import type { Admin, KafkaJSAggregateError } from 'kafkajs';

/** Creates topics that do not exist yet, each once in the life of the process. */
export interface KafkaTopics {
  ensure(names: Iterable<string>): Promise<void>;
}

export function createKafkaTopics(
  admin: Admin,
  options: { partitions: number; replicationFactor: number },
): KafkaTopics {
  const known = new Set<string>();
  return {
    async ensure(names) {
      const missing = [...new Set(names)].filter((name) => !known.has(name));
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
        if (!allExist(error)) throw error;
      }
      for (const name of missing) known.add(name);
    },
  };
}

function allExist(error: unknown): boolean {
  const causes: readonly unknown[] = (error as Partial<KafkaJSAggregateError>).errors ?? [error];
  return causes.every((cause) => (cause as { type?: string }).type === 'TOPIC_ALREADY_EXISTS');
}
