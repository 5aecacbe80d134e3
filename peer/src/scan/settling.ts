import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { toPath } from '../files/escaped-names.ts';
import type { FileKey } from '../library/types.ts';

/** Size and time must stay the same this long before a file counts as written to its end. */
export const SETTLE_MS = 600;

interface Seen {
  key: FileKey;
  sizeBytes: number;
  mtimeMs: number;
  since: number;
}

/** Waits for files to be written to their end. */
export interface Settling {
  /** Begins, or begins again, to wait for a file. */
  watch(key: FileKey, facts: { sizeBytes: number; mtimeMs: number }): void;
  size(): number;
  /** Resolves once no file is waited for. */
  empty(): Promise<void>;
  stop(): void;
}

/**
 * Calls `onSettled` for a file whose size and time stayed the same for {@link SETTLE_MS}, and `onChanged` for one that
 * differs from what the index holds, or is gone. Observes the file alone and trusts no clock but its own.
 */
export function createSettling(deps: {
  onSettled: (keys: FileKey[]) => void;
  onChanged: (keys: FileKey[]) => void;
}): Settling {
  const seen = new Map<string, Seen>();
  const waiting: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function schedule(): void {
    const [oldest] = seen.values();
    if (timer || stopped || !oldest) return;
    const dueIn = Math.max(20, oldest.since + SETTLE_MS - performance.now());
    timer = setTimeout(async () => {
      await look();
      timer = undefined;
      schedule();
    }, dueIn);
    timer.unref();
  }

  async function look(): Promise<void> {
    const due: Seen[] = [];
    // Insertion order is the order of `since`: entries are moved to the end when their wait begins again.
    for (const entry of seen.values()) {
      if (performance.now() - entry.since < SETTLE_MS - 5) break;
      due.push(entry);
      if (due.length >= 256) break;
    }
    const settled: FileKey[] = [];
    const changed: FileKey[] = [];
    await Promise.all(
      due.map(async (entry) => {
        const path = join(entry.key.dir, entry.key.name);
        const now = await stat(toPath(path)).catch(() => null);
        if (seen.get(path) !== entry) return;
        seen.delete(path);
        const same = now?.size === entry.sizeBytes && now.mtimeMs === entry.mtimeMs;
        (same ? settled : changed).push(entry.key);
      }),
    );
    if (stopped) return;
    if (settled.length > 0) deps.onSettled(settled);
    if (changed.length > 0) deps.onChanged(changed);
    if (seen.size === 0) release();
  }

  function release(): void {
    for (const resolve of waiting.splice(0)) resolve();
  }

  return {
    size: () => seen.size,
    empty: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        if (seen.size === 0) release();
      }),
    watch(key, facts) {
      const path = join(key.dir, key.name);
      const entry = seen.get(path);
      if (entry && entry.sizeBytes === facts.sizeBytes && entry.mtimeMs === facts.mtimeMs) return;
      seen.delete(path);
      seen.set(path, { key: { dir: key.dir, name: key.name }, ...facts, since: performance.now() });
      schedule();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      seen.clear();
      release();
    },
  };
}
