import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { toPath } from '../files/escaped-names.ts';
import type { FileKey } from '../library/types.ts';
import { type Arrivals, areAwaited, type ReadyFile } from './arrivals.ts';
import { findWrittenFiles } from './written-files.ts';

/** Size and time must stay the same this long before a file counts as written to its end. */
export const SETTLE_MS = 600;
/** A file that went on changing must stay the same for so many times the pause that was taken for its end. */
const PAUSES = 3;
/** Longest such wait; and the longest for a file that some process has open for writing without writing. */
const LONGEST_MS = 60_000;
/** Files whose end is remembered, and for how long. */
const MAX_ENDED = 10_000;
const ENDED_MS = 600_000;
/** Files looked at together. */
const AT_ONCE = 256;

interface Facts {
  sizeBytes: number;
  mtimeMs: number;
  ino: number;
}

interface Seen extends Facts {
  key: FileKey;
  arrivals: Arrivals;
  since: number;
  /** How long it must stay the same. */
  waitMs: number;
  /** Until when it may be open for writing. */
  openUntil: number;
}

/** Waits for files to be written to their end. */
export interface Settling {
  /** Begins, or begins again, to wait for a file; `arrivals` are those it came with, if not by itself. */
  watch(key: FileKey, facts: Facts, arrivals?: Arrivals): void;
  size(): number;
  /** Resolves once no file is waited for. */
  empty(): Promise<void>;
  stop(): void;
}

/**
 * Calls `onSettled` for a file whose size and time stayed the same for {@link SETTLE_MS} and that nobody writes to, and
 * `onChanged` for one that differs from what the index holds, or is gone. A recorder writes with pauses: a file that goes on after one that was
 * taken for its end is waited for longer. Observes files alone and trusts no clock but its own.
 */
export function createSettling(deps: {
  onSettled: (files: ReadyFile[]) => void;
  onChanged: (keys: FileKey[]) => void;
  findWritten?: typeof findWrittenFiles;
}): Settling {
  const seen = new Map<string, Seen>();
  /** When files were taken as written to their end, and after what wait. */
  const ended = new Map<string, Pick<Seen, 'waitMs' | 'sizeBytes' | 'ino'> & { at: number }>();
  const waiting: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function schedule(): void {
    if (timer || stopped || seen.size === 0) return;
    let first = Number.POSITIVE_INFINITY;
    for (const { since, waitMs } of seen.values()) first = Math.min(first, since + waitMs);
    timer = setTimeout(
      async () => {
        await look();
        timer = undefined;
        schedule();
      },
      Math.max(20, first - performance.now()),
    );
    timer.unref();
  }

  async function look(): Promise<void> {
    const now = performance.now();
    const isDue = ({ since, waitMs }: Seen) => now - since >= waitMs - 5;
    // What somebody waits for first, then the latest.
    const due = [...seen.values()]
      .filter(isDue)
      .sort((a, b) => Number(areAwaited(a.arrivals)) - Number(areAwaited(b.arrivals)))
      .slice(-AT_ONCE);
    const settled: Seen[] = [];
    const changed: FileKey[] = [];
    await Promise.all(
      due.map(async (entry) => {
        const path = pathOf(entry);
        const now = await stat(toPath(path)).catch(() => null);
        if (seen.get(path) !== entry) return;
        if (now?.size === entry.sizeBytes && now.mtimeMs === entry.mtimeMs) return settled.push(entry);
        seen.delete(path);
        changed.push(entry.key);
      }),
    );
    const written = await (deps.findWritten ?? findWrittenFiles)(settled.map(pathOf));
    const files = settled
      .filter((entry) => isOver(entry, written))
      .map(({ key, arrivals }) => ({ ...key, isAwaited: areAwaited(arrivals) }));
    if (stopped) return;
    if (files.length > 0) deps.onSettled(files);
    if (changed.length > 0) deps.onChanged(changed);
    if (seen.size === 0) release();
  }

  /** Whether a file that stayed the same was written to its end; otherwise it is waited for again. */
  function isOver(entry: Seen, written: ReadonlySet<string>): boolean {
    const path = pathOf(entry);
    if (seen.get(path) !== entry) return false;
    const now = performance.now();
    seen.delete(path);
    if (written.has(path) && now < entry.openUntil) {
      seen.set(path, { ...entry, since: now });
      return false;
    }
    ended.delete(path);
    const { waitMs, sizeBytes, ino } = entry;
    ended.set(path, { at: now, waitMs, sizeBytes, ino });
    for (const [oldest, { at }] of ended) {
      if (ended.size <= MAX_ENDED && now - at < ENDED_MS) break;
      ended.delete(oldest);
    }
    return true;
  }

  /** How long a file must stay the same by what was seen of it before. */
  function waitOf(path: string, { sizeBytes, ino }: Facts): number {
    const end = ended.get(path);
    // What is put in its place is another file.
    if (!end || end.ino !== ino || sizeBytes <= end.sizeBytes) return SETTLE_MS;
    const pauseMs = performance.now() - end.at + end.waitMs;
    return pauseMs > LONGEST_MS ? SETTLE_MS : Math.min(LONGEST_MS, Math.max(end.waitMs, pauseMs * PAUSES));
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
    watch(key, facts, arrivals = { files: 1 }) {
      const path = join(key.dir, key.name);
      const entry = seen.get(path);
      if (entry && entry.sizeBytes === facts.sizeBytes && entry.mtimeMs === facts.mtimeMs) return;
      const now = performance.now();
      seen.delete(path);
      seen.set(path, {
        key: { dir: key.dir, name: key.name },
        arrivals,
        sizeBytes: facts.sizeBytes,
        mtimeMs: facts.mtimeMs,
        ino: facts.ino,
        since: now,
        waitMs: entry?.waitMs ?? waitOf(path, facts),
        openUntil: now + LONGEST_MS,
      });
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

const pathOf = ({ key }: Seen): string => join(key.dir, key.name);
