import type { Logger } from '@giggityflix/kernel';
import type { ScanReport } from '../scan/report.ts';

/** Where to learn what is wrong now. */
export interface Circumstances {
  dataDir: string;
  mediaDirs: readonly string[];
  /** Why the index in the data directory is not the one worked on; null when it is. */
  indexProblem: string | null;
  /** Why the index cannot be written now; null when it can. */
  writeProblem: () => string | null;
  lastScan: () => ScanReport | null;
  /** How far this machine's clock is behind the platform's, in milliseconds. */
  clockOffsetMs: () => number;
  /** Shared files that the platform does not know of, as it takes `most` of one peer. */
  withheld: () => { files: number; most: number };
}

export function createMissing(circumstances: Circumstances, { logger }: { logger: Logger }) {
  const { dataDir, mediaDirs, indexProblem } = circumstances;
  const lasting: string[] = [];

  /** Why what is learnt now is not kept. */
  function storage(): string | null {
    if (indexProblem !== null)
      return `the index in ${dataDir} cannot be used, ${indexProblem}: a copy is, and what it learns is lost with it (DATA_DIR)`;
    const problem = circumstances.writeProblem();
    return problem && `the index in ${dataDir} cannot be changed, ${problem}: what is new waits (DATA_DIR)`;
  }

  function folders(): string[] {
    if (mediaDirs.length === 0)
      return ['no folder is shared: add one in the page, set MEDIA_DIRS, or start with --media-dir'];
    const problems = circumstances.lastScan()?.problems ?? [];
    return problems.flatMap(({ path, reason }) =>
      mediaDirs.includes(path) ? [`the media folder ${path}: ${reason}`] : [],
    );
  }

  function clock(): string[] {
    const offsetMs = circumstances.clockOffsetMs();
    if (offsetMs === 0) return [];
    const minutes = (Math.abs(offsetMs) / 60_000).toFixed(1);
    return [`this machine's clock is ${minutes} minutes ${offsetMs > 0 ? 'behind' : 'ahead'}: set it`];
  }

  function room(): string[] {
    const { files, most } = circumstances.withheld();
    if (files === 0) return [];
    return [
      `a place for ${files} more ${files === 1 ? 'file' : 'files'}: the platform takes ${most} of one machine (its operator sets MAX_FILES_PER_PEER)`,
    ];
  }

  return {
    /** Notes what will be missing for as long as the daemon runs. */
    add(text: string): void {
      lasting.push(text);
      logger.warn({ missing: text }, 'does without something');
    },
    storage,
    list(): string[] {
      const problem = storage();
      return [...lasting, ...folders(), ...clock(), ...room(), ...(problem ? [problem] : [])];
    },
  };
}
