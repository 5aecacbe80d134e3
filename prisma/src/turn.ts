import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long statements may follow each other before timers and sockets are served, in milliseconds. */
const LONGEST_TURN_MS = 25;

/**
 * The driver works on this thread, and what follows a statement runs before anything else does: many writers would keep
 * the event loop from turning for as long as they have work. Resolves in a later turn when this one has been long.
 */
export function createTurn(): () => Promise<void> {
  let beganAt: number | null = null;
  return async () => {
    const now = performance.now();
    if (beganAt === null) {
      beganAt = now;
      setImmediate(() => {
        beganAt = null;
      });
    } else if (now - beganAt > LONGEST_TURN_MS) await nextTurn();
  };
}
