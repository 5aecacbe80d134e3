import { setTimeout as sleep } from 'node:timers/promises';

/** How long a topic that was just created, or a group's coordinator, may take until every broker answers for it. */
const DEADLINE_MS = 60_000;
const POLL_MS = 100;

/**
 * Repeats an administrative request while the cluster says that it is not ready for it. The client retries
 * some of these answers and throws others (an unknown topic, a broker that does not lead it yet), though Kafka
 * marks them all as retriable.
 */
export async function untilSettled<T>(request: () => Promise<T>, withinMs = DEADLINE_MS): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await request();
    } catch (error) {
      if (!isTransient(error) || Date.now() > deadline) throw error;
    }
    await sleep(POLL_MS);
  }
}

/** A group has no coordinator while its broker starts, which the client takes for final. */
function isTransient(error: unknown): boolean {
  const { retriable, name } = error as { retriable?: boolean; name?: string };
  return retriable === true || name === 'KafkaJSGroupCoordinatorNotFound';
}
