import type { Logger } from '@giggityflix/kernel';
import type { Library } from '../library/library.ts';
import type { FileKey } from '../library/types.ts';
import type { ReadyFile } from './arrivals.ts';
import { createFolderCheck } from './folder-check.ts';
import { createIndexUpdates } from './index-updates.ts';
import { emptyReport, type ScanReport } from './report.ts';
import { createRootMonitor } from './roots.ts';
import { createSettling } from './settling.ts';
import type { WalkRules } from './walk.ts';
import type { Walker } from './walker.ts';
import { createWatcher, type Watcher } from './watcher.ts';

/** How long to wait for the next scan after one that failed, most likely on a full disk. */
const RETRY_MS = 10_000;
/** Longest delay of a Node timer. */
const MAX_TIMER_MS = 2_147_483_647;

export interface ScannerConfig {
  rules: WalkRules;
  intervalMs: number;
  watch: boolean;
}

export interface ScannerDeps {
  library: Library;
  walker: Walker;
  logger: Logger;
  /** Called when files are ready to be read; with those that came or changed just now. */
  onPending: (latest?: readonly ReadyFile[]) => void;
  /** Called after each complete scan: the index is what the folders hold, but for what is still to be read. */
  onScanned: () => void;
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
    onSettled(files) {
      let still: ReadyFile[] = [];
      try {
        still = files.filter((key) => library.get(key)?.state === 'settling');
        library.mark(still, 'pending');
      } catch (error) {
        logger.error({ err: error }, 'the index cannot be written; the next scan tries again');
        schedule(RETRY_MS);
      }
      deps.onPending(still);
    },
    onChanged: (keys) => void check(keys.map((key) => key.dir)),
  });

  const updates = createIndexUpdates({
    library,
    settling,
    watcher: () => watcher,
    onPending: deps.onPending,
  });

  const checkFolders = createFolderCheck({
    roots: config.rules.roots,
    walker,
    updates,
    isWatched: (dir) => watcher?.has(dir) === true,
  });

  async function scanOnce(): Promise<ScanReport> {
    const startedAt = performance.now();
    const report = emptyReport();
    library.retry();
    library.limitToRoots(config.rules.roots);
    const sink = updates.begin(report);
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

  /** Folders to be looked at again, and whether with all below them. */
  const changed = new Map<string, boolean>();
  let checking: Promise<void> | null = null;

  /**
   * Looks again at folders in which something happened. What happens while others are looked at is looked at once, however
   * often it was reported: a folder into which a library is copied changes faster than it can be read.
   */
  function check(dirs: readonly string[], { recursive } = { recursive: false }): Promise<void> {
    for (const dir of dirs) changed.set(dir, recursive || changed.get(dir) === true);
    checking ??= checkChanged().finally(() => {
      checking = null;
    });
    return checking;
  }

  async function checkChanged(): Promise<void> {
    while (changed.size > 0 && !stopped) {
      const [deep, flat] = [true, false].map((wanted) =>
        [...changed].flatMap(([dir, recursive]) => (recursive === wanted ? [dir] : [])),
      );
      changed.clear();
      if (deep!.length > 0) await look(deep!, { recursive: true });
      if (flat!.length > 0) await look(flat!, { recursive: false });
    }
  }

  async function look(dirs: readonly string[], options: { recursive: boolean }): Promise<void> {
    try {
      await checkFolders(dirs, options);
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
