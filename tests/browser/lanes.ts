/**
 * Lets so many films be watched side by side: most of the time goes into opening and playing them. Gives a function that
 * does work as soon as a lane is free, for tests that run concurrently.
 */
export function createLanes(count: number) {
  const waiting: (() => void)[] = [];
  let free = count;
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
