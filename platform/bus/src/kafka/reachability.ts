import { withDeadline } from '@giggityflix/kernel';

/** How long an answer is waited for, in milliseconds: balancers and Kubernetes ask for readiness with a second of patience. */
const ANSWER_MS = 500;

export type Reached = { reachable: true; since: number } | { reachable: false; problem: string };

/** Whether the bus answers, and since when it does without a break. */
export interface Reachability {
  /** Resolves within half a second; a bus that has not answered by then is not reachable. Several calls share one request. */
  current(): Promise<Reached>;
}

export function createReachability(options: {
  /** Rejects when the bus cannot be reached, which may take long: kafkajs tries again for some 15 s. */
  check(): Promise<unknown>;
  answerMs?: number;
  clock?: () => number;
}): Reachability {
  const { check, answerMs = ANSWER_MS, clock = Date.now } = options;
  let since: number | null = clock();
  let asking: Promise<void> | null = null;

  const ask = async () => {
    try {
      await check();
      since ??= clock();
    } catch (error) {
      since = null;
      throw error;
    }
  };

  return {
    async current() {
      asking ??= ask().finally(() => {
        asking = null;
      });
      try {
        await withDeadline(asking, answerMs, 'reaching it');
        return { reachable: true, since: since ?? clock() };
      } catch (error) {
        since = null;
        return { reachable: false, problem: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}
