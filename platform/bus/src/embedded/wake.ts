import { closeSync, constants, type FSWatcher, openSync, watch, writeSync } from 'node:fs';
import { createPrivateFile } from '@giggityflix/state';

/** Notifies the processes that share a bus file that it has new records. */
export interface Wake {
  /** Wakes every process, this one too. */
  ring(): void;
  close(): void;
}

/** How long a missed file event can go unnoticed; file events can be lost, and some file systems have none. */
const POLL_INTERVAL_MS = 200;

/** `onWake` is called at most once a turn of the event loop. */
export function createWake(path: string, onWake: () => void): Wake {
  // Not for appending: the same byte is written again and again, so that the file does not grow.
  createPrivateFile(path);
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT);
  const byte = Buffer.from([0]);
  let scheduled: NodeJS.Immediate | null = null;
  let closed = false;
  const schedule = () => {
    if (closed) return;
    scheduled ??= setImmediate(() => {
      scheduled = null;
      onWake();
    });
  };
  let watcher: FSWatcher | null = null;
  try {
    watcher = watch(path, { persistent: false }, schedule);
    watcher.on('error', () => watcher?.close());
  } catch {
    // Without file events only the poll calls `onWake`.
  }
  const poll = setInterval(schedule, POLL_INTERVAL_MS);
  poll.unref();
  return {
    ring() {
      if (closed) return;
      writeSync(file, byte, 0, 1, 0);
      schedule();
    },
    close() {
      if (closed) return;
      closed = true;
      clearInterval(poll);
      if (scheduled) clearImmediate(scheduled);
      watcher?.close();
      closeSync(file);
    },
  };
}
