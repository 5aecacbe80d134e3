import { dirname } from 'node:path';
import type { Logger } from '@giggityflix/kernel';
import type { Library } from '../library/library.ts';
import type { FileFacts, FileKey } from '../library/types.ts';
import { createRootMonitor } from './roots.ts';
import { createSettling } from './settling.ts';
import { isInside, type WalkEvent, type WalkRules } from './walk.ts';
import type { Walker, WalkTarget } from './walker.ts';
import { createWatcher, type Watcher } from './watcher.ts';

/** A file whose inode last changed longer ago than this is taken as written to its end without waiting. */
const QUIET_MS = 5_000;
/** How long to wait for the next scan after one that failed, most likely on a full disk. */
const RETRY_MS = 10_000;
/** Longest delay of a Node timer. */
const MAX_TIMER_MS = 2_147_483_647;
/** Most paths with a problem that are kept for `status`. */
const MAX_PROBLEMS = 200;

export interface ScannerConfig {
  rules: WalkRules;
  intervalMs: number;
  watch: boolean;
}

export interface ScannerDeps {
  library: Library;
  walker: Walker;
  logger: Logger;
  /** Called when files are ready to be read. */
  onPending: () => void;
  /** Called after each complete scan: the index is what the folders hold, but for what is still to be read. */
  onScanned: () => void;
}

export interface ScanReport {
  startedAt: string;
  durationMs: number;
  found: number;
  removed: number;
  lost: number;
  returned: number;
  problems: { path: string; reason: string }[];
}

export type Scanner = ReturnType<typeof createScanner>;

/** Keeps the index equal to what lies in the media folders: by a complete scan at intervals, and as changes happen. */
export function createScanner(config: ScannerConfig, deps: ScannerDeps) {
  const { library, walker, logger } = deps;
  let watcher: Watcher | null = null;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<ScanReport> | null = null;
  let lastReport: ScanReport | null = null;
  let stopped = false;

  const roots = createRootMonitor(config.rules.roots, (root) => void check([root], { recursive: true }));

  const settling = createSettling({
    onSettled(keys) {
      try {
        const still = keys.filter((key) => library.get(key)?.state === 'settling');
        library.mark(still, 'pending');
      } catch (error) {
        logger.error({ err: error }, 'the index cannot be written; the next scan tries again');
        schedule(RETRY_MS);
      }
      deps.onPending();
    },
    onChanged: (keys) => void check(keys.map((key) => key.dir)),
  });

  /** What came into a fresh folder after it was read and before it was watched would otherwise be missed. */
  function watchFolder(dir: string, mtimeMs: number): void {
    if (!watcher || watcher.has(dir)) return;
    watcher.add(dir);
    if (Math.abs(Date.now() - mtimeMs) < QUIET_MS) watcher.mark(dir);
  }

  /** Puts the events of a walk into the index. Removals come last, so that a moved file finds its old self. */
  function createSink(report?: ScanReport) {
    const removed: FileKey[] = [];
    const unexplored: string[] = [];
    return {
      unexplored,
      take(events: WalkEvent[]) {
        const found: { file: FileFacts; state: 'settling' | 'pending' }[] = [];
        const returned: FileFacts[] = [];
        const accompanied: FileFacts[] = [];
        const lost = new Map<string, FileKey[]>();
        for (const event of events) {
          if (event.kind === 'found') {
            const age = Date.now() - event.ctimeMs;
            found.push({ file: event.file, state: age > QUIET_MS ? 'pending' : 'settling' });
          } else if (event.kind === 'returned') returned.push(event.file);
          else if (event.kind === 'sidecars') accompanied.push(event.file);
          else if (event.kind === 'removed') removed.push(event.key);
          else if (event.kind === 'lost')
            lost.set(event.reason, [...(lost.get(event.reason) ?? []), event.key]);
          else if (event.kind === 'directory') watchFolder(event.path, event.mtimeMs);
          else if (event.kind === 'unexplored') unexplored.push(event.path);
          else if (report && report.problems.length < MAX_PROBLEMS)
            report.problems.push({ path: event.path, reason: event.reason });
          if (report && event.kind === 'lost') report.lost += 1;
        }
        for (const [reason, keys] of lost) library.mark(keys, 'unavailable', reason);
        library.record(found);
        library.restore(returned);
        library.putSidecars(accompanied);
        for (const { file } of found) if (library.get(file)?.state === 'settling') settling.watch(file, file);
        if (report) {
          report.found += found.length;
          report.returned += returned.length;
        }
        if (found.length + returned.length > 0) deps.onPending();
      },
      finish() {
        if (removed.length > 0) library.remove(removed);
        if (report) report.removed += removed.length;
      },
    };
  }

  async function scanOnce(): Promise<ScanReport> {
    const startedAt = performance.now();
    const report: ScanReport = {
      startedAt: new Date().toISOString(),
      durationMs: 0,
      found: 0,
      removed: 0,
      lost: 0,
      returned: 0,
      problems: [],
    };
    library.retry();
    library.limitToRoots(config.rules.roots);
    const sink = createSink(report);
    const targets = config.rules.roots.map((root) => ({ dir: root, root, recursive: true }));
    await walker.walk(targets, sink.take);
    sink.finish();
    library.collectGarbage();
    deps.onPending();
    report.durationMs = Math.round(performance.now() - startedAt);
    lastReport = report;
    deps.onScanned();
    for (const { path, reason } of report.problems.slice(0, 10)) logger.warn({ path, reason }, 'not scanned');
    logger.info({ ...report, problems: report.problems.length }, 'scan finished');
    return report;
  }

  /** Looks again at folders in which something happened. */
  async function check(dirs: readonly string[], options = { recursive: false }): Promise<void> {
    if (stopped) return;
    const targets: WalkTarget[] = [];
    for (const dir of new Set(dirs)) {
      const root = config.rules.roots.find((candidate) => isInside(dir, candidate));
      if (root) targets.push({ dir, root, ...options });
    }
    if (targets.length === 0) return;
    try {
      const sink = createSink();
      await walker.walk(targets, sink.take);
      const fresh = sink.unexplored.filter((dir) => !watcher?.has(dir));
      if (fresh.length > 0) {
        const below = fresh.map((dir) => ({
          dir,
          root: config.rules.roots.find((candidate) => isInside(dir, candidate)) ?? dirname(dir),
          recursive: true,
        }));
        await walker.walk(below, sink.take);
      }
      sink.finish();
    } catch (error) {
      if (stopped) return;
      logger.error({ err: error }, 'a changed folder could not be looked at; the next scan tries again');
      schedule(RETRY_MS);
    }
  }

  function scan(): Promise<ScanReport> {
    running ??= scanOnce().finally(() => {
      running = null;
    });
    return running;
  }

  /** Scans, and sees to it that the next scan comes. */
  async function scanRegularly(): Promise<void> {
    let waitMs = Math.min(config.intervalMs, MAX_TIMER_MS);
    try {
      await scan();
    } catch (error) {
      if (!stopped) logger.error({ err: error, retry_in_ms: RETRY_MS }, 'the scan failed');
      waitMs = Math.min(waitMs, RETRY_MS);
    }
    schedule(waitMs);
  }

  /** Sets the time of the next scan, in place of any other. */
  function schedule(waitMs: number): void {
    clearTimeout(timer);
    if (stopped) return;
    timer = setTimeout(() => void scanRegularly(), waitMs);
    timer.unref();
  }

  return {
    /** Starts watching and scans for the first time; resolves when that scan has read every folder. */
    async start(): Promise<void> {
      if (config.watch) watcher = createWatcher({ logger, onChange: (dirs) => void check(dirs) });
      await scanRegularly();
      if (config.watch && !stopped) roots.start();
    },
    /** Scans everything now, or joins the scan under way. */
    scan,
    check,
    /** Waits again for files to settle. */
    resettle(keys: readonly FileKey[]): void {
      for (const key of keys) {
        const file = library.get(key);
        if (file?.state === 'settling') settling.watch(key, file);
      }
    },
    settling: () => settling.size(),
    /** Resolves once no file is waited for to be written to its end. */
    settled: () => settling.empty(),
    scanning: () => running !== null,
    lastReport: () => lastReport,
    watchesEverything: () => watcher !== null && !watcher.incomplete(),
    async stop(): Promise<void> {
      stopped = true;
      clearTimeout(timer);
      settling.stop();
      roots.stop();
      watcher?.stop();
      await walker.stop();
      await running?.catch(() => {});
    },
  };
}
