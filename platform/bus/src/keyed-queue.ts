/** Runs tasks: those of one key in order and one at a time, those of different keys at once up to a limit. */
export interface KeyedQueue {
  /** Tasks must not reject. */
  push(key: string, task: () => Promise<void>): void;
  /** Tasks waiting or running. */
  readonly size: number;
  /** Resolves when nothing is waiting or running. */
  idle(): Promise<void>;
}

export function createKeyedQueue(options: { concurrency: number }): KeyedQueue {
  const waiting = new Map<string, (() => Promise<void>)[]>();
  /** Keys with a waiting task and none running, in order of arrival. */
  const ready = new Set<string>();
  let running = 0;
  let size = 0;
  let waitingForIdle: (() => void)[] = [];

  const run = async (key: string) => {
    const task = waiting.get(key)?.shift();
    if (!task) return;
    running += 1;
    try {
      await task();
    } finally {
      running -= 1;
      size -= 1;
      if (waiting.get(key)?.length === 0) waiting.delete(key);
      else ready.add(key);
      startMore();
      if (size === 0) {
        for (const resolve of waitingForIdle) resolve();
        waitingForIdle = [];
      }
    }
  };
  const startMore = () => {
    for (const key of ready) {
      if (running >= options.concurrency) return;
      ready.delete(key);
      void run(key);
    }
  };

  return {
    get size() {
      return size;
    },
    push(key, task) {
      size += 1;
      const queue = waiting.get(key);
      if (queue) {
        queue.push(task);
        return;
      }
      waiting.set(key, [task]);
      ready.add(key);
      startMore();
    },
    idle() {
      return size === 0 ? Promise.resolve() : new Promise((resolve) => waitingForIdle.push(resolve));
    },
  };
}
