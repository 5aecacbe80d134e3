import type { Library } from '../library/library.ts';
import type { FileFacts, FileKey } from '../library/types.ts';
import { type Arrivals, areAwaited, type ReadyFile } from './arrivals.ts';
import type { ScanReport } from './report.ts';
import type { Settling } from './settling.ts';
import type { WalkEvent } from './walk.ts';
import type { Watcher } from './watcher.ts';

/** A file whose inode last changed longer ago than this, in milliseconds, is taken as written to its end without waiting. */
const QUIET_MS = 5_000;
/** Most paths with a problem that are kept for `status`. */
const MAX_PROBLEMS = 200;

/** What one walk brings into the index. */
export interface IndexUpdate {
  /** Takes a batch of a walk's events. */
  take(events: WalkEvent[]): void;
  /** Folders the walk did not enter. */
  readonly unexplored: string[];
  /** Removes what is gone; last of all, so that a moved file finds the entry under its former name. */
  finish(): void;
}

/** Puts the events of walks into the index, and begins to watch their folders and what is still being written. */
export function createIndexUpdates(deps: {
  library: Library;
  settling: Pick<Settling, 'watch'>;
  /** Null while folders are not watched. */
  watcher: () => Watcher | null;
  /** Called when files are ready to be read; with those that somebody waits for. */
  onPending: (awaited: readonly ReadyFile[]) => void;
}) {
  const { library, settling } = deps;

  /** What came into a fresh folder after it was read and before it was watched would otherwise be missed. */
  function watchFolder(dir: string, mtimeMs: number): void {
    const watcher = deps.watcher();
    if (!watcher || watcher.has(dir)) return;
    watcher.add(dir);
    if (Math.abs(Date.now() - mtimeMs) < QUIET_MS) watcher.mark(dir);
  }

  function begin(report: ScanReport | null = null): IndexUpdate {
    const removed: FileKey[] = [];
    const unexplored: string[] = [];
    const arrivals: Arrivals = { files: 0 };
    return {
      unexplored,
      take(events) {
        const sorted = sort(events);
        removed.push(...sorted.removed);
        unexplored.push(...sorted.unexplored);
        for (const { path, mtimeMs } of sorted.directories) watchFolder(path, mtimeMs);
        for (const [reason, keys] of sorted.lost) library.mark(keys, 'unavailable', reason);
        library.record(sorted.found);
        library.restore(sorted.returned);
        library.putSidecars(sorted.accompanied);
        arrivals.files += sorted.found.length;
        for (const { file } of sorted.found)
          if (library.get(file)?.state === 'settling') settling.watch(file, file, arrivals);
        if (report) count(report, sorted);
        if (sorted.found.length + sorted.returned.length > 0) deps.onPending(awaitedOf(sorted, arrivals));
      },
      finish() {
        if (removed.length > 0) library.remove(removed);
        if (report) report.removed += removed.length;
      },
    };
  }

  return { begin };
}

/** Those that are read without waiting; none of a library. */
function awaitedOf({ found }: Sorted, arrivals: Arrivals): ReadyFile[] {
  if (!areAwaited(arrivals)) return [];
  return found.flatMap(({ file, state }) => (state === 'pending' ? { ...file, isAwaited: true } : []));
}

type Sorted = ReturnType<typeof sort>;

/** The events of a batch by what is to be done with them. */
function sort(events: readonly WalkEvent[]) {
  const found: { file: FileFacts; state: 'settling' | 'pending' }[] = [];
  const returned: FileFacts[] = [];
  const accompanied: FileFacts[] = [];
  const removed: FileKey[] = [];
  const lost = new Map<string, FileKey[]>();
  const directories: { path: string; mtimeMs: number }[] = [];
  const unexplored: string[] = [];
  const problems: ScanReport['problems'] = [];
  for (const event of events)
    switch (event.kind) {
      case 'found':
        found.push({
          file: event.file,
          state: Date.now() - event.ctimeMs > QUIET_MS ? 'pending' : 'settling',
        });
        break;
      case 'returned':
        returned.push(event.file);
        break;
      case 'sidecars':
        accompanied.push(event.file);
        break;
      case 'removed':
        removed.push(event.key);
        break;
      case 'lost':
        lost.set(event.reason, [...(lost.get(event.reason) ?? []), event.key]);
        break;
      case 'directory':
        directories.push(event);
        break;
      case 'unexplored':
        unexplored.push(event.path);
        break;
      case 'problem':
        problems.push({ path: event.path, reason: event.reason });
    }
  return { found, returned, accompanied, removed, lost, directories, unexplored, problems };
}

function count(report: ScanReport, { found, returned, lost, problems }: Sorted): void {
  report.found += found.length;
  report.returned += returned.length;
  for (const keys of lost.values()) report.lost += keys.length;
  report.problems.push(...problems.slice(0, MAX_PROBLEMS - report.problems.length));
}
