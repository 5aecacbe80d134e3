/** Files of one peer that are changed in one step. */
export const STEP_SIZE = 100;

/** How long steps may hold one turn of the event loop, in milliseconds; one more step may begin until then. */
const TURN_MS = 5;

/** Runs the steps of long work between which requests are served, in the order they were asked for. */
export interface Turns {
  take<T>(step: () => T): Promise<T>;
  /** Like `take`, and at once where steps have not used up this turn yet: for what takes one step alone. */
  takeNow<T>(step: () => T): Promise<T>;
}

/** Whoever has many steps asks for the next one after the last, so all who do take turns. */
export function createTurns(): Turns {
  const waiting: (() => void)[] = [];
  let used = 0;
  let isEnding = false;

  const run = (step: () => void) => {
    const started = performance.now();
    step();
    used += performance.now() - started;
    endTurn();
  };
  const endTurn = () => {
    if (!isEnding) setImmediate(nextTurn);
    isEnding = true;
  };
  const nextTurn = () => {
    isEnding = false;
    used = 0;
    while (waiting.length > 0 && used < TURN_MS) run(waiting.shift()!);
  };
  const take = <T>(step: () => T, atOnce: boolean) =>
    new Promise<T>((resolve, reject) => {
      const settle = () => {
        try {
          resolve(step());
        } catch (error) {
          reject(error);
        }
      };
      if (atOnce && waiting.length === 0 && used < TURN_MS) return run(settle);
      waiting.push(settle);
      endTurn();
    });
  return {
    take: (step) => take(step, false),
    takeNow: (step) => take(step, true),
  };
}

/** A long list in parts of {@link STEP_SIZE}; one empty part for an empty list. */
export function inSteps<T>(items: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at === 0 || at < items.length; at += STEP_SIZE)
    parts.push(items.slice(at, at + STEP_SIZE));
  return parts;
}
