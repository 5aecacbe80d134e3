export interface Lock {
  /** Resolves with the function that frees the lock, in the order asked; freeing twice does nothing. */
  acquire(): Promise<() => void>;
}

/** A lock for the asynchronous code of one thread. */
export function createLock(): Lock {
  let tail: Promise<void> = Promise.resolve();
  return {
    async acquire() {
      const before = tail;
      let release!: () => void;
      tail = new Promise((resolve) => {
        release = resolve;
      });
      await before;
      return release;
    },
  };
}
