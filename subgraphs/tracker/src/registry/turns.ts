/** Files of one peer that are changed in one step. */
export const STEP_SIZE = 500;

/** Runs steps of long work: one in each turn of the event loop, in the order they were asked for. */
export interface Turns {
  take<T>(step: () => T): Promise<T>;
}

/** Whoever has many steps asks for the next one after the last, so all who do take turns, and requests are served between. */
export function createTurns(): Turns {
  const waiting: (() => void)[] = [];
  const next = () => {
    waiting.shift()?.();
    if (waiting.length > 0) setImmediate(next);
  };
  return {
    take: (step) =>
      new Promise((resolve, reject) => {
        waiting.push(() => {
          try {
            resolve(step());
          } catch (error) {
            reject(error);
          }
        });
        if (waiting.length === 1) setImmediate(next);
      }),
  };
}

/** A long list in parts of {@link STEP_SIZE}; one empty part for an empty list. */
export function inSteps<T>(items: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at === 0 || at < items.length; at += STEP_SIZE)
    parts.push(items.slice(at, at + STEP_SIZE));
  return parts;
}
