import { setTimeout as sleep } from 'node:timers/promises';

/** How long a topic that was just created may take until every broker answers for it. */
const DEADLINE_MS = 30_000;
const POLL_MS = 100;

/**
 * Repeats an administrative request while the cluster says that it is not ready for it. The client retries
 * some of these answers and throws others (an unknown topic, a broker that does not lead it yet), though Kafka
 * marks them all as retriable.
 */
export async function untilSettled<T>(request: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    try {
      return await request();
    } catch (error) {
      if ((error as { retriable?: boolean }).retriable !== true || Date.now() > deadline) throw error;
    }
    await sleep(POLL_MS);
  }
}
